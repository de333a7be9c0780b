import Foundation
import Pool
import PoolEngine
import Synchronization

/// Performs what a pool owes on worker processes, which are to the pool what browsers are.
final class WorkerExecutor: Executor {
    private let workers = Mutex<[BrowserID: Worker]>([:])

    func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void) {
        switch effect {
        case .launch(let launch): workers.withLock { $0[launch.browser] = Worker(launch, report: report) }
        case .close(let close):
            if let worker = workers.withLock({ $0[close.browser] }) { return worker.close(close) }
            report(Report(BrowserClosed(obligation: close.obligation, browser: close.browser)))
        case .run(let run): workers.withLock { $0[run.browser] }?.run(run)
        case .stop(let stop): workers.withLock { $0[stop.browser] }?.stop(stop)
        case .prepare(let prepare):  // A worker needs nothing.
            report(Report(ModelPrepared(obligation: prepare.obligation, browser: prepare.browser)))
        case .heal(let heal): report(Report(RungEnded(obligation: heal.obligation, browser: heal.browser)))
        case .compare: break  // No task here runs in copies.
        }
    }

    func abandon() async { workers.withLock { for worker in $0.values { worker.end() } } }
}

/// A child process that computes. What happens to it is reported from its queue, in that order.
final class Worker: Sendable {
    private let (process, input, output) = (Process(), Pipe(), Pipe())
    private let report: @Sendable (Report) -> Void
    private let queue = DispatchQueue(label: "worker")
    private let alive = DispatchGroup()
    private let isClosing = Atomic(false)
    private let stoppedRun = Atomic<UInt64>(0)

    init(_ launch: Effect.Launch, report: @escaping @Sendable (Report) -> Void) {
        self.report = report
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--worker"]
        (process.standardInput, process.standardOutput) = (input, output)
        process.terminationHandler = { _ in self.alive.leave() }
        alive.enter()
        alive.notify(queue: queue) { self.ended(launch) }
        do { try process.run() } catch {
            tell(BrowserLaunchFailed(obligation: launch.obligation, browser: launch.browser))
            return
        }
        var facts = BrowserFacts(pid: UInt32(process.processIdentifier), kind: .simulated, product: "worker")
        facts.backends = [BackendSupport(backend: .cpu)]
        tell(BrowserLaunched(obligation: launch.obligation, browser: launch.browser, facts: facts))
    }

    private func tell(_ message: some EventMessage) { report(Report(message)) }
    func end() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    private func ended(_ launch: Effect.Launch) {
        guard !isClosing.load(ordering: .sequentiallyConsistent) else { return }
        var end = BrowserFailed(browser: launch.browser, incarnation: launch.incarnation, processEnded: true)
        if process.terminationReason == .uncaughtSignal { end.signal = UInt32(process.terminationStatus) }
        tell(end)
    }

    func close(_ close: Effect.Close) {
        isClosing.store(true, ordering: .sequentiallyConsistent)
        end()
        alive.notify(queue: queue) {
            self.tell(BrowserClosed(obligation: close.obligation, browser: close.browser, step: .forced))
        }
    }

    func stop(_ stop: Effect.Stop) {
        stoppedRun.store(stop.run.sequence, ordering: .sequentiallyConsistent)
        queue.async { self.tell(RunStopped(obligation: stop.obligation, browser: stop.browser)) }
    }

    func run(_ run: Effect.Run) {
        let (id, allocation, batchItems) = (run.obligation, run.allocation, Int(run.spec.batchItems))
        queue.async {
            self.tell(RunStarted(obligation: id, allocation: allocation, runtime: "worker"))
            for first in stride(from: run.items.lowerBound, to: run.items.upperBound, by: batchItems) {
                let batch = first..<min(first + UInt64(batchItems), run.items.upperBound)
                // A run that is stopped, or whose worker has died, ends without a word: that is told next.
                guard let answer = self.answer(to: batch, in: id) else { return }
                let (outputs, blobs) = Payload.storing(Array(answer))
                var progressed = RunProgressed(obligation: id, allocation: allocation, outputs: outputs)
                (progressed.firstItem, progressed.itemCount) = (first, UInt64(batch.count))
                self.report(Report(progressed, blobs: blobs))
            }
            let provenance = Provenance(backend: run.backend, browser: "worker", model: run.spec.model)
            self.tell(RunCompleted(obligation: id, allocation: allocation, provenance: provenance))
        }
    }

    private func answer(to items: Range<UInt64>, in run: ObligationID) -> Data? {
        guard stoppedRun.load(ordering: .sequentiallyConsistent) != run.sequence else { return nil }
        try? input.fileHandleForWriting.write(contentsOf: Data("\(items.lowerBound) \(items.count)\n".utf8))
        let answer = output.fileHandleForReading.availableData
        return answer.isEmpty ? nil : answer.dropLast()
    }
}
