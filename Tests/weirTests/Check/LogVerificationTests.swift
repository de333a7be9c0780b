import EventLog
import Foundation
import Pool
import Testing

@testable import weir

@Suite struct LogVerificationTests {
    /// Writes the log, and checks it as `weir verify` does.
    private func verify(_ log: RecordedLog) async throws -> LogVerification {
        let place = try Workplace()
        try await log.write(to: place.log)
        var verification = LogVerification(try EventLogVerifier.verifyInProcess(path: place.log))
        #expect(verification.problem == nil, "the bytes are as they were written")
        let reader = try EventLog.openForReading(at: place.log)
        defer { reader.close() }
        try verification.checkEvents(in: reader)
        return verification
    }

    @Test("a log that the pool wrote is sound")
    func sound() async throws {
        let log = RecordedLog.sound()
        let verification = try await verify(log)
        #expect(verification.problem == nil)
        #expect(verification.firstBad == nil)
        #expect(verification.events == UInt64(log.steps.joined().count))
        #expect(verification.text.hasSuffix("ok"))
    }

    @Test("a decision other than the one that is taken again is found at its number (CORE-2)")
    func alteredDecision() async throws {
        var log = RecordedLog.sound()
        let sequence = log.alter("task_granted") { event in
            guard case .taskGranted(var granted) = event.payload else { return }
            granted.leaseDeadline = granted.leaseDeadline.adding(milliseconds: 1)
            event.payload = granted.payload
        }
        let verification = try await verify(log)
        #expect(verification.firstBad == sequence)
        let problem = try #require(verification.problem)
        #expect(problem.contains("recorded") && problem.contains("decided"))
        #expect(verification.text.contains("DAMAGED"))
    }

    @Test("a decision with another cause or time is found at its number (CORE-2)")
    func alteredCause() async throws {
        var log = RecordedLog.sound()
        let sequence = log.alter("task_queued") { $0.cause = 1 }
        #expect(try await verify(log).firstBad == sequence)
        var later = RecordedLog.sound()
        let other = later.alter("run_assigned") { $0.at = $0.at.adding(milliseconds: 1) }
        #expect(try await verify(later).firstBad == other)
    }

    @Test("a decision too few or too many is found where it is missing or too much (CORE-2)")
    func otherCount() async throws {
        var fewer = RecordedLog.sound()
        let last = fewer.steps.indices.first { fewer.steps[$0].count > 2 }
        let step = try #require(last)
        let missing = try #require(fewer.steps[step].last?.sequence)
        fewer.steps[step].removeLast()
        fewer.steps.removeSubrange((step + 1)...)
        #expect(try await verify(fewer).firstBad == missing)

        var more = RecordedLog.sound()
        let extra = Event(
            sequence: UInt64(more.steps.joined().count) + 1, at: more.state.lastEventAt, cause: 0,
            payload: TaskSucceeded(task: TaskID(3)).payload)
        more.steps[more.steps.count - 1].append(extra)
        #expect(try await verify(more).firstBad == extra.sequence)
    }

    @Test("a report that would be refused, or a decision without an observation, is found")
    func impossibleSteps() async throws {
        var stale = RecordedLog.sound()
        let next = UInt64(stale.steps.joined().count) + 1
        let report = RunProgressed(obligation: ObligationID(2), itemCount: 1)
        stale.steps.append([
            Event(sequence: next, at: stale.state.lastEventAt, cause: 0, payload: report.payload)
        ])
        let refused = try await verify(stale)
        #expect(refused.firstBad == next)
        #expect(refused.problem?.contains("would be refused") == true)

        var orphan = RecordedLog.sound()
        let decision = TaskCancelled(task: TaskID(3))
        orphan.steps.append([
            Event(sequence: next, at: orphan.state.lastEventAt, cause: 0, payload: decision.payload)
        ])
        let found = try await verify(orphan)
        #expect(found.firstBad == next)
        #expect(found.problem?.contains("is a decision") == true)
    }

    @Test("another digest than the state's is found at its number")
    func otherDigest() async throws {
        var log = RecordedLog.sound()
        let sequence = log.alter("state_digest_recorded") { event in
            event.payload = StateDigestRecorded(position: event.sequence - 1, digest: .zero).payload
        }
        let verification = try await verify(log)
        #expect(verification.firstBad == sequence)
        #expect(verification.problem?.contains("digest") == true)
    }

    @Test("a record that is no event is found at its number")
    func undecodable() async throws {
        let place = try Workplace()
        let sound = RecordedLog.sound()
        let log = try EventLog.open(at: place.log)
        for step in sound.steps { try await log.append(Step(records: step.map { $0.encoded() })) }
        let range = try await log.append(Step(records: [[0xFA, 0x7F, 0x01, 0x00]]))
        log.close()
        var verification = LogVerification(try EventLogVerifier.verifyInProcess(path: place.log))
        let reader = try EventLog.openForReading(at: place.log)
        defer { reader.close() }
        try verification.checkEvents(in: reader)
        #expect(verification.firstBad == range.lowerBound)
        #expect(verification.problem?.contains("cannot be read") == true)
    }

    @Test("a step of another revision is folded, and counted as such")
    func otherRevision() async throws {
        var log = RecordedLog.sound()
        _ = log.alter("engine_started") { event in
            guard case .engineStarted(var started) = event.payload else { return }
            started.revision = PoolState.decisionRevision + 1
            event.payload = started.payload
        }
        log.steps.removeLast()
        let verification = try await verify(log)
        #expect(verification.problem == nil)
        #expect(verification.json.contains("\"steps_of_other_revisions\":\(log.steps.count)"))
        #expect(verification.text.contains("by another revision"))
    }
}
