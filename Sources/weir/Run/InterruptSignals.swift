import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Interrupts (SIGINT, SIGTERM): the first asks for a clean end, the second ends the program at once. The guardians of
/// the browsers then end those.
final class InterruptSignals: Sendable {
    /// The first interrupt.
    let stream: AsyncStream<Int32>
    private let cancel: @Sendable () -> Void

    init() {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        self.stream = stream
        let count = Counter()
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in
                // Not told through the stream: it ends when whoever waits for the first is cancelled.
                if count.next() > 1 { _exit(ExitStatus.interrupted.rawValue) }
                continuation.yield(number)
            }
            source.resume()
            return SignalSource(source: source)
        }
        cancel = { for source in sources { source.source.cancel() } }
    }

    deinit { cancel() }

    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    }

    /// A source is only ever cancelled after it was set up, which Dispatch allows from any thread.
    private struct SignalSource: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }
}
