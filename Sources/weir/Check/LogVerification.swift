import EventLog
import Pool
import PoolEngine

/// What a check of a whole log found.
struct LogVerification {
    private(set) var events: UInt64 = 0
    /// The last event that is in an archive, and the last that is as it was written.
    private var base: UInt64 = 0
    private var last: UInt64 = 0
    private var commits: UInt64 = 0
    private var decisions = DecisionCheck()
    private var digests = 0
    private var blobs = 0
    private(set) var problem: String?
    private(set) var firstBad: UInt64?
    private var chain = ""
    /// Blobs that are lost or have other content, when nothing else is wrong with the bytes.
    private var damagedBlobs: Set<[UInt8]> = []

    init(problem: String, firstBad: UInt64?) {
        self.problem = problem
        self.firstBad = firstBad
    }

    /// Takes over what the check of the bytes found.
    init(_ bytes: VerifyReport) {
        events = bytes.records
        commits = bytes.commits
        problem = bytes.problem
        firstBad = bytes.firstBad
        base = bytes.base
        last = bytes.lastGood
        let damaged = bytes.alteredBlobs + bytes.missingBlobs
        if let first = damaged.first, bytes.problem?.contains(first.description) == true {
            damagedBlobs = Set(damaged.map(\.bytes))
        }
        chain = BytesReport.hexadecimal(bytes.chain)
    }

    /// The first thing that is wrong; ends the check.
    private struct Finding: Error {
        var sequence: UInt64
        var problem: String
    }

    /// Checks what the events say: that they decode, that the blobs that they name are there, that decisions are
    /// those that are taken again (CORE-2), and that digests are those of the folded state.
    ///
    /// - Parameter onProgress: Called with each event that has been read.
    mutating func checkEvents(
        in reader: EventLogReader, onProgress: (UInt64) -> Void = { _ in }
    ) throws {
        guard damagedBlobs.isEmpty else { return try findDamagedBlob(in: reader) }
        var check = DecisionCheck()
        var step: [Event] = []
        do {
            check = DecisionCheck(from: try LogEventSource(reader).baseState())
            try LogEventSource(reader).forEachEvent(through: last) { event, beginsStep in
                onProgress(event.sequence)
                if beginsStep {
                    try checkStep(step, &check)
                    step = []
                }
                step.append(event)
                try checkBlobs(of: event, in: reader)
            }
            try checkStep(step, &check)
        } catch let finding as Finding {
            problem = finding.problem
            firstBad = finding.sequence
        } catch let EngineError.undecodable(sequence, error) {
            problem = "event \(sequence) cannot be read: \(error)"
            firstBad = sequence
        } catch {
            problem = "\(error)"
            firstBad = check.state.position + 1
        }
        decisions = check
    }

    /// Whether records and pages are as they were written, so that events can be read.
    var canReadEvents: Bool { problem == nil || !damagedBlobs.isEmpty }

    /// Finds the first event that names a damaged blob. One that only the state of the archive names concerns no event.
    private mutating func findDamagedBlob(in reader: EventLogReader) throws {
        try LogEventSource(reader).forEachEvent { event, _ in
            if firstBad == nil, event.blobs.contains(where: { damagedBlobs.contains($0.bytes) }) {
                firstBad = event.sequence
            }
        }
    }

    private mutating func checkStep(_ recorded: [Event], _ check: inout DecisionCheck) throws(Finding) {
        guard let observation = recorded.first else { return }
        if case .stateDigestRecorded(let digest) = observation.payload, check.isOfThisRevision(observation) {
            digests += 1
            if digest.position != check.state.position || digest.digest != check.state.digest {
                throw Finding(
                    sequence: observation.sequence,
                    problem: "event \(observation.sequence) records another digest than its state has")
            }
        }
        do throws(DecisionDivergence) {
            try check.check(recorded)
        } catch {
            throw Finding(sequence: error.sequence, problem: DivergenceReport(error).text)
        }
    }

    private mutating func checkBlobs(of event: Event, in reader: EventLogReader) throws {
        for digest in event.blobs {
            blobs += 1
            do {
                _ = try LogEventSource(reader).blob(digest)
            } catch {
                throw Finding(sequence: event.sequence, problem: "event \(event.sequence): \(error)")
            }
        }
    }

    var text: String {
        var lines = LabelledLines()
        lines.add("events", "\(events) in \(Format.count(commits, "commit"))")
        if base > 0 { lines.add("archived", "events 1 to \(base), folded from the state there") }
        if let problem {
            if let firstBad { lines.add("first bad", "\(firstBad)") }
            lines.add("DAMAGED", problem)
            return lines.text
        }
        for line in DecisionReport(decisions).agreement { lines.add(line.label, line.value) }
        lines.add("blobs", "\(blobs) named, all there")
        lines.add("digests", "\(digests) recorded, all the same")
        lines.add("chain", chain)
        lines.add(line: "ok")
        return lines.text
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("ok")
            writer.raw(problem == nil ? "true" : "false")
            for (key, value) in [
                ("base", base), ("events", events), ("commits", commits), ("steps", UInt64(decisions.steps)),
                ("steps_of_other_revisions", UInt64(decisions.stepsOfOtherRevisions)),
                ("differing_steps_of_other_revisions", UInt64(decisions.differingSteps)),
                ("digests", UInt64(digests)),
                ("blobs", UInt64(blobs)),
            ] {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("chain")
            writer.quoted(chain)
            if let problem {
                // Damage that affects no event threatens the next one.
                writer.key("first_bad")
                writer.raw("\(firstBad ?? last + 1)")
                writer.key("problem")
                writer.quoted(problem)
            }
        }
        return writer.string
    }
}

extension Event {
    /// Digests of the blobs that the event names.
    var blobs: [Digest] {
        switch payload {
        case .taskSubmitted(let submitted): [submitted.spec.inputs.digest].compactMap { $0 }
        case .runProgressed(let progressed): [progressed.outputs.digest].compactMap { $0 }
        default: []
        }
    }
}
