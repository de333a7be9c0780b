import CAllocationCounter
import Dispatch
import EventLog
import Foundation
import LogWorkload
import Measuring

/// Counts the allocations of an event on its way into the log and out of it, and fails where there are more than a file
/// of thresholds allows: counts are the same on every machine, as times never are.
@main
struct AllocationBenchmark {
    private static let payloadBytes = 200
    /// Steps before the count begins: buffers have grown and caches are filled.
    private static let warmUpSteps = 200
    private static let tasks = 1000

    static func main() async {
        await benchmark {
            try run(
                Thresholds(path: CommandLine.arguments.dropFirst().first ?? "Thresholds/allocations.json"))
        }
    }

    private static func run(_ thresholds: Thresholds) throws {
        let folder = NSTemporaryDirectory() + "weir-allocations-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var measured: [(path: String, perEvent: Double)] = []
        for batch in [1, 100, 1000] {
            let perEvent = try append(batch: batch, steps: batch == 1 ? 2000 : 300, to: "\(folder)/\(batch)")
            measured.append(("append, steps of \(batch)", perEvent))
        }
        measured.append(("fold", try fold(folder + "/pool")))

        var table = Table(["allocations per event", "measured", ""])
        var isExceeded = false
        for (path, perEvent) in measured {
            let objection = thresholds.objection(to: path, perEvent: perEvent)
            isExceeded = isExceeded || objection != nil
            table.add([path, perEvent.rounded(to: 3), objection ?? "ok"])
        }
        say(table.text)
        let unmeasured = thresholds.unmeasured(measured.map(\.path))
        guard unmeasured.isEmpty else {
            throw BenchmarkError("thresholds of what is not measured: \(unmeasured.joined(separator: ", "))")
        }
        if isExceeded { throw BenchmarkError("a path allocates more than its threshold allows") }
    }

    /// Steps in a closed loop, so that each is a commit: what the caller, the queue, the writer thread and LMDB allocate.
    private static func append(batch: Int, steps: Int, to folder: String) throws -> Double {
        let log = try EventLog.open(at: folder)
        defer { log.close() }
        let source = StepSource(mix: EventMix(), payloadBytes: payloadBytes)
        let isDone = DispatchSemaphore(value: 0)
        let failure = Shared<EventLogError?>(nil)
        var place = 0
        func appendSteps(_ count: Int) throws {
            for _ in 0..<count {
                try log.submit(source.step(at: place, batch: batch)) { result in
                    if case .failure(let error) = result { failure.value = error }
                    isDone.signal()
                }
                isDone.wait()
                place += batch
            }
        }
        try appendSteps(warmUpSteps)
        let before = cac_allocations()
        try appendSteps(steps)
        let allocations = cac_allocations() - before
        if let error = failure.value { throw error }
        return Double(allocations) / Double(steps * batch)
    }

    /// The whole log of a simulated pool: reading, decoding and folding.
    private static func fold(_ folder: String) throws -> Double {
        let events = try PoolHistory.write(tasks: tasks, to: folder)
        let reader = try EventLog.openForReading(at: folder)
        defer { reader.close() }
        let before = cac_allocations()
        let folded = try reader.fold(PoolFold.self, usesSnapshots: false)
        let allocations = cac_allocations() - before
        guard folded.position == events else {
            throw BenchmarkError("\(folded.position) of \(events) events were folded")
        }
        return Double(allocations) / Double(events)
    }
}
