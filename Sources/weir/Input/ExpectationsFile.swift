import BrowserExecutor
import Foundation
import Pool

/// What is known not to pass of a suite, read from a JSON file:
///
///     { "known": [ { "cases": ["test_det_*"], "backend": "webgpu", "status": "unsupported",
///                    "reason": "the WebGPU provider has no kernel for Det" } ] }
///
/// `"may_pass": true` stands with cases that pass now and then, as those with random outputs do.
enum ExpectationsFile {
    /// What `--expectations` names: a file, or a list that comes with Weir; nil without the option.
    static func named(by options: RunOptions) throws(UsageError) -> SuiteExpectations? {
        guard let name = options.expectations else { return nil }
        let shipped = SuiteExpectations.shipped
        if let path = shipped[name], !FileManager.default.fileExists(atPath: name) { return try read(path) }
        guard FileManager.default.fileExists(atPath: name) else {
            let known = shipped.keys.sorted().joined(separator: ", ")
            throw UsageError(
                "--expectations is \(name); give the path of a JSON file, or the name of a list: \(known)")
        }
        return try read(name)
    }

    /// - Throws: `UsageError` that names the member, its value, and what is allowed.
    static func read(_ path: String) throws(UsageError) -> SuiteExpectations {
        let file = try ObjectReader(file: path)
        try file.allowOnly(["known", "about"])
        let shape = "an array of objects with cases, backend, status and reason"
        guard let known = try file.objects("known", allowed: shape) else {
            throw file.refusal("known", allowed: shape)
        }
        var entries: [SuiteExpectations.Entry] = []
        for reader in known { entries.append(try entry(reader)) }
        return SuiteExpectations(entries: entries)
    }

    private static func entry(_ reader: ObjectReader) throws(UsageError) -> SuiteExpectations.Entry {
        try reader.allowOnly(["cases", "backend", "status", "reason", "may_pass"])
        let names = "an array of names of cases, in which * stands for any characters"
        guard let cases = try reader.strings("cases", allowed: names) else {
            throw reader.refusal("cases", allowed: names)
        }
        let backends = OnnxModel.backends.map(\.name.description)
        let backend = try required("backend", of: reader, allowed: backends)
        let statuses = SuiteCaseResult.Status.allCases.filter { $0 != .passed }
        let status = try required("status", of: reader, allowed: statuses.map(\.rawValue))
        guard let reason = try reader.string("reason", allowed: "a text") else {
            throw reader.refusal("reason", allowed: "a text")
        }
        return SuiteExpectations.Entry(
            cases: cases, backend: backend, status: statuses.first { $0.rawValue == status } ?? .failed,
            reason: reason, mayPass: try reader.bool("may_pass") ?? false)
    }

    private static func required(
        _ key: String, of reader: ObjectReader, allowed: [String]
    ) throws(UsageError) -> String {
        let list = allowed.joined(separator: " or ")
        guard let value = try reader.string(key, allowed: list) else {
            throw reader.refusal(key, allowed: list)
        }
        guard allowed.contains(value) else { throw reader.unknown(key, value, allowed: allowed) }
        return value
    }
}
