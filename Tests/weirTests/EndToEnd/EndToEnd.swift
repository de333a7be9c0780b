import Foundation
import Synchronization
import Testing

/// What a person sees who starts the built program against the real browser. One after another: several browsers at
/// once starve a small machine.
@Suite(.serialized, .timeLimit(.minutes(3))) enum EndToEnd {}

/// One finished run of the default task, made once for all tests that only read.
actor FinishedRun {
    static let shared = FinishedRun()
    private static let leftBehind = Mutex("")
    private var made: Task<(Workplace, Ended), any Error>?

    func get() async throws -> (place: Workplace, ended: Ended) {
        let task =
            made
            ?? Task {
                let place = try Workplace()
                Self.leftBehind.withLock { $0 = place.root }
                // It lives as long as the process, so nothing else would remove it.
                atexit {
                    FinishedRun.leftBehind.withLock { try? FileManager.default.removeItem(atPath: $0) }
                }
                return (place, try await place.weir("run", "--json"))
            }
        made = task
        let (place, ended) = try await task.value
        return (place, ended)
    }
}
