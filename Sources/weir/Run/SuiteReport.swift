import BrowserExecutor
import Foundation
import Pool
import Projections

/// The outcome of a suite: what came of each case, by operator, and compared with what is known.
struct SuiteReport {
    private let results: [SuiteCaseResult]
    private let verdicts: [SuiteExpectations.Verdict]
    private let root: String
    private let backend: String

    /// - Parameter expectations: What is known; nil to take what the suite was submitted with.
    init(of outcome: RunOutcome, _ suite: OnnxSuite, expectations: SuiteExpectations?) throws {
        let decoder = JSONDecoder()
        do {
            results = try outcome.outputs.map {
                try decoder.decode(SuiteCaseResult.self, from: Data($0.utf8))
            }
        } catch {
            throw FailedError(
                "task \(outcome.task.id) holds a result that is none of a suite; run weir verify")
        }
        root = suite.root
        let spec = outcome.task.spec
        let used = outcome.task.provenance?.backend ?? spec.backends.first { spec.canRun(on: $0) }
        backend = used?.name.description ?? ""
        let known = expectations ?? suite.expectations
        verdicts = results.map { [backend] in known.verdict(on: $0, backend: backend) }
    }

    /// Whether each case passed or went as is known.
    var isAsExpected: Bool {
        verdicts.allSatisfy {
            switch $0 {
            case .passed, .known: true
            case .unexpected, .stale: false
            }
        }
    }

    // MARK: For people

    var text: String {
        guard !results.isEmpty else { return "no case has a result yet" }
        var table = TextTable(["OPERATOR", "PASSED", "FAILED", "UNSUPPORTED", "WEBGPU NODES", "CPU NODES"])
        for (name, tally) in operators { table.add([name] + tally.cells) }
        table.add(["all cases"] + total.cells)
        var lines = LabelledLines()
        lines.add(line: table.text)
        for (result, verdict) in zip(results, verdicts) {
            guard let what = Self.words(for: verdict, on: result) else { continue }
            lines.add(line: "")
            lines.add(line: "\(what.heading)  \(result.name)")
            for line in LabelledLines.wrapped(what.detail, first: "  ", rest: "  ") { lines.add(line: line) }
        }
        lines.add(line: "")
        lines.add("suite", summary)
        return lines.text
    }

    private var summary: String {
        func count(_ isOfKind: (SuiteExpectations.Verdict) -> Bool) -> Int { verdicts.count(where: isOfKind) }
        let known = count { if case .known = $0 { true } else { false } }
        let stale = count { if case .stale = $0 { true } else { false } }
        return "\(total.passed) passed, \(total.failed) failed, \(total.unsupported) unsupported of "
            + "\(Format.count(results.count, "case")) on \(backend): \(known) as is known, "
            + "\(count { $0 == .unexpected }) unexpected, \(stale) passed though known not to"
    }

    private static func words(
        for verdict: SuiteExpectations.Verdict, on result: SuiteCaseResult
    ) -> (heading: String, detail: String)? {
        switch verdict {
        case .passed, .known: nil
        case .unexpected:
            (
                "UNEXPECTED",
                "\(result.status.rawValue): \(result.detail)"
                    + (result.maxAbsDiff.map { "\nlargest difference \($0)" } ?? "")
            )
        case .stale(let entry):
            ("STALE", "it passed, but is known as \(entry.status.rawValue): \(entry.reason)")
        }
    }

    // MARK: By operator

    /// What became of some cases. The nodes are all those of the cases' models.
    private struct Tally {
        var passed = 0
        var failed = 0
        var unsupported = 0
        var nodes: [String: Int] = [:]

        mutating func add(_ result: SuiteCaseResult) {
            switch result.status {
            case .passed: passed += 1
            case .failed: failed += 1
            case .unsupported: unsupported += 1
            }
            nodes.merge(result.nodes, uniquingKeysWith: +)
        }

        var cells: [String] {
            [passed, failed, unsupported, nodes["webgpu"] ?? 0, nodes["cpu"] ?? 0].map(String.init)
        }

        func write(to writer: inout JSONWriter) {
            for (key, value) in [("passed", passed), ("failed", failed), ("unsupported", unsupported)] {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("nodes")
            writer.braces { writer in
                for (backend, count) in nodes.sorted(by: { $0.key < $1.key }) {
                    writer.key(backend)
                    writer.raw("\(count)")
                }
            }
        }
    }

    private var total: Tally { results.reduce(into: Tally()) { $0.add($1) } }

    /// A case counts for each operator that its model has.
    private var operators: [(name: String, tally: Tally)] {
        var tallies: [String: Tally] = [:]
        for result in results {
            for name in result.operators.isEmpty ? ["(unread)"] : result.operators {
                tallies[name, default: Tally()].add(result)
            }
        }
        return tallies.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // MARK: For programs

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("root")
            writer.quoted(root)
            writer.key("backend")
            writer.quoted(backend)
            writer.key("as_expected")
            writer.raw("\(isAsExpected)")
            writer.key("total")
            writer.braces { total.write(to: &$0) }
            writer.key("operators")
            let objects = operators.map { name, tally in
                var writer = JSONWriter()
                writer.braces { writer in
                    writer.key("operator")
                    writer.quoted(name)
                    tally.write(to: &writer)
                }
                return writer.string
            }
            writer.raw("[" + objects.joined(separator: ",") + "]")
            for (key, member) in [("known", known), ("unexpected", unexpected), ("stale", stale)] {
                writer.key(key)
                writer.raw("[" + member.joined(separator: ",") + "]")
            }
        }
        return writer.string
    }

    private var known: [String] { objects { if case .known(let reason) = $0 { reason } else { nil } } }
    private var unexpected: [String] { objects { $0 == .unexpected ? "" : nil } }
    private var stale: [String] { objects { if case .stale(let entry) = $0 { entry.reason } else { nil } } }

    /// The cases with a verdict that has a reason.
    private func objects(_ reason: (SuiteExpectations.Verdict) -> String?) -> [String] {
        zip(results, verdicts).compactMap { result, verdict in
            guard let reason = reason(verdict) else { return nil }
            var writer = JSONWriter()
            writer.braces { writer in
                for (key, value) in [
                    ("case", result.name), ("status", result.status.rawValue),
                    reason.isEmpty ? ("detail", result.detail) : ("reason", reason),
                ] {
                    writer.key(key)
                    writer.quoted(value)
                }
            }
            return writer.string
        }
    }
}
