import EventLog
import Glibc
import Synchronization

/// Appends the workload of one epoch from several tasks, and keeps what the log answered.
final class Appender: Sendable {
    /// What the log answered so far.
    struct Answers {
        /// The last position of all that was submitted.
        var submitted: UInt64
        /// The last position that was acknowledged.
        var acknowledged: UInt64
        var failures: [EventLogError] = []
        var violation: String?

        init(head: UInt64) {
            submitted = head
            acknowledged = head
        }
    }

    private let log: EventLog
    private let workload: Workload
    private let epoch: UInt64
    private let acknowledgesEarly: Bool
    private let state: Mutex<Answers>

    /// - Parameter acknowledgesEarly: breaks the log on purpose: every step is acknowledged when it is submitted.
    init(_ log: EventLog, _ workload: Workload, epoch: UInt64, acknowledgesEarly: Bool = false) {
        self.log = log
        self.workload = workload
        self.epoch = epoch
        self.acknowledgesEarly = acknowledgesEarly
        state = Mutex(Answers(head: log.durableHead))
    }

    var answers: Answers { state.withLock { $0 } }

    /// Appends `steps` steps from each of `tasks` tasks, or until the log fails.
    func run(tasks: Int, steps: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var dice = Dice(self.epoch, UInt64(task))
                    var left = steps
                    while left > 0, self.answers.failures.isEmpty {
                        // Several steps under way at once make commits of several steps, also with few tasks.
                        for _ in 1..<dice.number(1...4) { self.submit {} }
                        await withCheckedContinuation { continuation in
                            self.submit { continuation.resume() }
                        }
                        left -= 1
                    }
                }
            }
        }
    }

    /// Submits the step that belongs to the next position. The position has to be known before the content is,
    /// so submitting and looking where it will stand are one.
    private func submit(_ whenAnswered: @escaping @Sendable () -> Void) {
        let refusal: EventLogError? = state.withLock { state in
            guard state.failures.isEmpty else { return state.failures.first }
            let first = state.submitted + 1
            let content = workload.content(epoch: epoch, at: first)
            do throws(EventLogError) {
                // A lazy step is answered at once, which says nothing of its durability.
                let isLazy = content.durability == .lazy
                let range = try log.submit(content.step, durability: content.durability) { result in
                    if !isLazy {
                        self.take(result)
                        whenAnswered()
                    }
                }
                if isLazy { whenAnswered() }
                if range != first...(first + UInt64(content.records.count) - 1) {
                    state.violation = "a step got the positions \(range), but \(first) comes next (LOG-1)"
                }
                state.submitted = range.upperBound
                if acknowledgesEarly { say("acknowledged \(range.upperBound)") }
                return nil
            } catch {
                return error
            }
        }
        guard let refusal else { return }
        take(.failure(refusal))
        whenAnswered()
    }

    private func take(_ result: Result<ClosedRange<UInt64>, EventLogError>) {
        state.withLock { state in
            switch result {
            case .success(let range):
                if !state.failures.isEmpty {
                    state.violation = "\(range) was acknowledged after a failure"
                }
                if range.lowerBound <= state.acknowledged {
                    state.violation = "\(range) was acknowledged after \(state.acknowledged)"
                }
                state.acknowledged = range.upperBound
                if !acknowledgesEarly { say("acknowledged \(range.upperBound)") }
            case .failure(let error): state.failures.append(error)
            }
        }
    }
}

/// Writes a line to standard output at once and whole, so that the parent has it even if this process ends next.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    guard write(STDOUT_FILENO, bytes, bytes.count) == bytes.count else { exit(66) }
}
