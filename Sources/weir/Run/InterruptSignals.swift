import Dispatch
import Foundation

/// Interrupts (SIGINT, SIGTERM) as a stream: the first asks for a clean end, the second for an immediate one.
final class InterruptSignals: Sendable {
    let stream: AsyncStream<Int32>
    private let cancel: @Sendable () -> Void

    init() {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        self.stream = stream
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in continuation.yield(number) }
            source.resume()
            return SignalSource(source: source)
        }
        cancel = { for source in sources { source.source.cancel() } }
    }

    deinit { cancel() }

    /// A source is only ever cancelled after it was set up, which Dispatch allows from any thread.
    private struct SignalSource: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }
}
