import Foundation
import Pool
import Testing

@testable import weir

@Suite("The report of a soak")
struct SoakReportTests {
    private func report(_ change: (inout SoakReport) -> Void = { _ in }) -> SoakReport {
        let soak = Soak(seconds: 60, browsers: 3, faults: [.gpuKilled], rate: 0.3, seed: 1)
        var report = SoakReport(soak: soak, models: ["digits"])
        (report.tasks, report.succeeded, report.itemsOnce, report.equal) = (4, 4, 4, 4)
        report.looks = (0..<16).map { _ in ProcessTree(processes: 24, bytes: 400 << 20, ownBytes: 30 << 20) }
        change(&report)
        return report
    }

    @Test("says ok when all is as it must be, in lines of a terminal")
    func sound() {
        #expect(report().problems == [])
        let lines = report().text.split(separator: "\n")
        #expect(lines.contains("ok") && lines.allSatisfy { $0.count <= LabelledLines.columns })
    }

    @Test("names what is not")
    func problems() {
        let cases: [(change: (inout SoakReport) -> Void, said: String)] = [
            ({ $0.succeeded = 3 }, "1 task did not succeed"),
            ({ $0.itemsOnce = 2 }, "2 tasks lack an item"),
            ({ $0.equal = 3 }, "1 task gave other outputs"),
            ({ $0.processesLeft = 2 }, "processes left behind: 2"),
            // What a fault fills for a while.
            (
                { report in
                    for place in 13..<16 { report.looks[place].bytes = 900 << 20 }
                }, ""
            ),
            (
                { report in
                    for place in 12..<16 { report.looks[place].bytes = 600 << 20 }
                }, "browsers grew by more than 25 %"
            ),
            (
                { report in
                    for place in 12..<16 { report.looks[place].processes = 40 }
                }, "processes grew"
            ),
        ]
        for (change, said) in cases {
            let problems = report(change).problems
            #expect(
                said.isEmpty ? problems == [] : problems.count == 1 && problems[0].contains(said),
                "\(problems)")
        }
    }

    @Test("says nothing of growth after too short a time")
    func short() {
        let short = report { $0.looks = [ProcessTree(processes: 24, bytes: 400 << 20, ownBytes: 30 << 20)] }
        #expect(short.problems == [] && short.text.contains("too short a time"))
    }

    @Test("processes are those that this one has started, while they run")
    func tree() throws {
        let before = ProcessTree()
        #expect(before.ownBytes > 1 << 20)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // A shell and what it runs, both of which end with their input.
        let input = Pipe()
        process.arguments = ["-c", "cat; true"]
        process.standardInput = input
        try process.run()
        defer {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while ProcessTree().processes < before.processes + 2, ContinuousClock.now < deadline { usleep(1_000) }
        let tree = ProcessTree()
        #expect(tree.processes == before.processes + 2 && tree.bytes > before.bytes)
    }
}
