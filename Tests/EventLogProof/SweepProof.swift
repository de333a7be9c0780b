import EventLog
import Glibc

/// Changes the bytes of a log's data file one at a time: verify has to find every change that matters (LOG-4).
struct SweepProof {
    private let seed: UInt64
    private let stride: Int
    private let steps: Int
    private var tally = Tally()

    init(_ arguments: Arguments, seed: UInt64) {
        self.seed = seed
        stride = max(arguments.count("--stride", default: 1), 1)
        steps = arguments.count("--steps", default: 16)
    }

    mutating func run() async throws {
        var scratch = try Scratch()
        do {
            try await sweep(scratch.path)
        } catch {
            scratch.isKept = true
            throw Violation("\(error)\n  the log: \(scratch.path)/log")
        }
        tally.printed()
    }

    private mutating func sweep(_ folder: String) async throws {
        let log = folder + "/log"
        let model = try await Self.makeLog(log, Workload(seed: seed), steps: steps)
        let data = FileTree.content(of: log + "/data.mdb")
        let map = try PageMap(data)
        try Self.checkRecords(of: map, in: data, model)
        for use in PageMap.Use.allCases {
            let count = map.uses.count { $0 == use }
            tally.add("bytes: \(use.name)", count)
            if use == .unaccounted, count > 0 {
                throw Violation("\(count) bytes belong to no tree and no list of free pages")
            }
        }
        let cases = SweepCase.all(fileBytes: data.count, stride: stride)
        let stride = stride
        async let reading = Self.results(.read, of: log, copy: folder + "/read", data, cases, stride: stride)
        async let verifying = Self.results(
            .verify, of: log, copy: folder + "/verify", data, cases, stride: stride)
        try judge(cases, try await reading, try await verifying, map)
        try reportCrashes(cases, try await verifying, copy: folder + "/verify")
    }

    /// A small log of many commits, by two writers after each other.
    private static func makeLog(_ path: String, _ workload: Workload, steps: Int) async throws -> LogModel {
        var model = LogModel(workload: workload)
        for _ in 0..<2 {
            let log = try EventLog.open(at: path)
            try await model.append(steps: steps / 2, to: log)
            log.close()
        }
        return model
    }

    /// The map has every record where its payload really lies.
    private static func checkRecords(of map: PageMap, in data: [UInt8], _ model: LogModel) throws {
        var first: UInt64 = 1
        for (epoch, end) in model.ends.enumerated() {
            while first <= end {
                let content = model.workload.content(epoch: UInt64(epoch), at: first)
                for (offset, record) in content.records.enumerated() {
                    guard let range = map.records[first + UInt64(offset)],
                        data[range].suffix(record.payload.count).elementsEqual(record.payload)
                    else { throw Violation("record \(first + UInt64(offset)) is not where its key says") }
                }
                first += UInt64(content.records.count)
            }
        }
        guard map.records.count == Int(model.head) else {
            throw Violation("the file has \(map.records.count) records, and not \(model.head)")
        }
    }

    /// What a child makes of each case; a case that ends it is `crashed`, and another child goes on behind it.
    private static func results(
        _ mode: SweepChild.Mode, of log: String, copy: String, _ data: [UInt8], _ cases: [SweepCase],
        stride: Int
    ) async throws -> [String] {
        try FileTree.copy(log, to: copy)
        var results: [String] = []
        while results.count < cases.count {
            try FileTree.write(data, to: copy + "/data.mdb")
            let child = try ChildProcess([
                "change", "--log", copy, "--mode", mode.rawValue, "--stride", "\(stride)", "--first-case",
                "\(results.count)",
            ])
            let (lines, ending) = try child.finish()
            for line in lines {
                let fields = line.split(separator: " ")
                guard fields.count == 2, Int(fields[0]) == results.count else {
                    throw Violation("the child said \(line)")
                }
                results.append(String(fields[1]))
            }
            guard results.count < cases.count else { break }
            guard case .signalled = ending else {
                throw Violation("the child ended as \(ending) at case \(results.count)")
            }
            results.append("crashed")
        }
        return results
    }

    private mutating func judge(
        _ cases: [SweepCase], _ read: [String], _ verified: [String], _ map: PageMap
    ) throws {
        guard let unchanged = read.last, unchanged.count == 64, verified.last == "sound" else {
            throw Violation(
                "the unchanged log reads as \(read.last ?? "") and verifies as \(verified.last ?? "")")
        }
        var violations: [String] = []
        for (index, change) in cases.dropLast().enumerated() {
            let use = map.uses[change.position]
            let isFound = verified[index] != "sound"
            tally.add("changes: \(use.name), \(isFound ? "found" : "not found")")
            if read[index] != unchanged { tally.add("changes that a reader notices or is misled by") }
            if read[index] == "crashed" { tally.add("changes that end a reader") }
            let problem: String? =
                if !isFound, read[index] != unchanged {
                    "reading gives \(read[index]), but verify finds nothing"
                } else if use.matters, !isFound {
                    "verify finds nothing"
                } else if let sequence = map.sequence(at: change.position),
                    verified[index] != "bad:\(sequence)"
                {
                    "it lies in record \(sequence), but verify says \(verified[index])"
                } else {
                    nil
                }
            guard let problem else { continue }
            violations.append(
                "page \(change.position / 4096) byte \(change.position % 4096) xor \(change.mask) "
                    + "(\(use.name)): \(problem) (LOG-4)")
        }
        guard violations.isEmpty else {
            throw Violation(
                "\(violations.count) of \(cases.count) changes\n"
                    + violations.prefix(40).joined(separator: "\n"))
        }
    }

    /// Verifying in a child turns a crash into a report.
    private mutating func reportCrashes(_ cases: [SweepCase], _ verified: [String], copy: String) throws {
        for (change, result) in zip(cases, verified) where result == "crashed" {
            tally.add("changes that end a verifier, and are reported by its parent")
            try SweepChild.change(copy + "/data.mdb", change)
            let report = try EventLogVerifier.runIsolated(
                executable: ChildProcess.program, arguments: ["verify", "--log", copy], path: copy)
            try SweepChild.change(copy + "/data.mdb", change)
            guard !report.ok, report.firstBad == report.lastGood + 1 else {
                throw Violation("byte \(change.position): the crash became the report \(report)")
            }
        }
    }
}
