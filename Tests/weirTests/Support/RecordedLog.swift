import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// A log written through the public API: what a pool decides on a few observations, altered as a test likes.
struct RecordedLog {
    /// Steps as they are decided.
    var steps: [[Event]] = []
    /// Blobs to store, by the step that they come with.
    private var blobs: [Int: [[UInt8]]] = [:]
    private(set) var state = PoolState()
    private var now = EventTime(nanoseconds: 1_700_000_000_000_000_000)

    /// An engine, a task, a browser, three items, their end, and the state's digest.
    static func sound() -> RecordedLog {
        var log = RecordedLog()
        log.take(
            EngineStarted(
                version: "1", revision: PoolState.decisionRevision, host: "here", pid: 1,
                logID: Array(repeating: 7, count: 16), holdTasks: true))
        log.take(PoolConfigured(policy: PoolPolicy(maxConnections: 1)))
        let spec = TaskSpec(
            family: .vision, model: "digits", runtime: "wgsl", itemsTotal: 3, inputsCount: 3,
            backends: [.webgpu])
        log.take(TaskSubmitted(spec: spec))
        let launch = log.sequence(of: "browser_launch_decided")
        log.take(
            BrowserLaunched(
                obligation: ObligationID(launch), browser: BrowserID(launch),
                facts: BrowserFacts(pid: 2, product: "Chrome/1", adapter: Adapter(vendor: "google"))))
        let run = ObligationID(log.sequence(of: "run_assigned"))
        let allocation = AllocationID(log.sequence(of: "task_granted"))
        log.take(RunStarted(obligation: run, allocation: allocation))
        let outputs = Array(#"[{"label":"1"},{"label":"2"},{"label":"3"}]"#.utf8)
        log.take(
            RunProgressed(
                obligation: run, allocation: allocation, itemCount: 3,
                outputs: Payload(inline: outputs, sizeBytes: UInt64(outputs.count))))
        log.take(RunCompleted(obligation: run, allocation: allocation))
        log.take(StateDigestRecorded(position: log.state.position, digest: log.state.digest))
        return log
    }

    /// The same, and a second task, whose inputs are a blob and whose run is under way, with one of three results.
    static func underWay() -> RecordedLog {
        var log = sound()
        let (inputs, blobs) = Payload.storing([UInt8](repeating: 7, count: 5_000))
        let spec = TaskSpec(
            family: .vision, model: "digits", runtime: "wgsl", itemsTotal: 3, inputs: inputs, inputsCount: 3,
            backends: [.webgpu])
        log.take(TaskSubmitted(spec: spec), blobs: blobs)
        let run = ObligationID(log.sequence(of: "run_assigned"))
        let allocation = AllocationID(log.sequence(of: "task_granted"))
        log.take(RunStarted(obligation: run, allocation: allocation))
        let outputs = Array(#"[{"label":"1"}]"#.utf8)
        log.take(
            RunProgressed(
                obligation: run, allocation: allocation, itemCount: 1,
                outputs: Payload(inline: outputs, sizeBytes: UInt64(outputs.count))))
        return log
    }

    mutating func take(_ message: some EventMessage, blobs new: [[UInt8]] = []) {
        if !new.isEmpty { blobs[steps.count] = new }
        now = now.adding(milliseconds: 10)
        guard case .recorded(let step) = state.step(message.payload, at: now) else {
            preconditionFailure("\(message.payload.name) was not recorded")
        }
        steps.append(step)
    }

    func sequence(of type: String) -> UInt64 {
        guard let event = steps.joined().last(where: { $0.payload.name.description == type }) else {
            preconditionFailure("no \(type) yet")
        }
        return event.sequence
    }

    /// Changes the last event of a type, and gives its sequence number.
    mutating func alter(_ type: String, _ body: (inout Event) -> Void) -> UInt64 {
        let sequence = sequence(of: type)
        for (step, events) in steps.enumerated() {
            for (index, event) in events.enumerated() where event.sequence == sequence {
                body(&steps[step][index])
            }
        }
        return sequence
    }

    func write(to path: String) async throws {
        let log = try EventLog.open(at: path)
        var index = EntityIndex()
        for (number, events) in steps.enumerated() {
            var step = Step()
            for blob in blobs[number] ?? [] { step.add(blob: blob) }
            for event in events {
                index.apply(event)
                step.append(
                    event.encoded(), type: UInt16(event.payload.number), streams: index.current.streams)
            }
            try await log.append(step)
        }
        log.close()
    }
}
