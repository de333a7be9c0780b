import Testing

/// What a person sees who starts the built program against the real browser. One after another: several browsers at
/// once starve a small machine.
@Suite(.serialized, .timeLimit(.minutes(3))) enum EndToEnd {}

/// One finished run of the default task, made once for all tests that only read.
actor FinishedRun {
    static let shared = FinishedRun()
    private var made: Task<(Workplace, Ended), any Error>?

    func get() async throws -> (place: Workplace, ended: Ended) {
        let task =
            made
            ?? Task {
                let place = try Workplace()
                return (place, try await place.weir("run", "--json"))
            }
        made = task
        let (place, ended) = try await task.value
        return (place, ended)
    }
}
