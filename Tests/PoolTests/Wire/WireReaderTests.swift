import Testing

@testable import Pool

/// What the reader says of bytes that are not an event of this schema, and which forms it takes.
@Suite("Reading the wire format")
struct WireReaderTests {
    // MARK: Bytes by hand

    private static func varint(_ value: UInt64) -> [UInt8] {
        var writer = WireWriter()
        writer.varint(value)
        return writer.encoded
    }

    private static func number(_ number: Int, _ value: UInt64) -> [UInt8] {
        varint(UInt64(number) << 3) + varint(value)
    }

    private static func delimited(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(UInt64(number) << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    private static func event(_ payload: Int, _ fields: [UInt8]...) -> [UInt8] {
        number(1, 5) + delimited(payload, fields.flatMap { $0 })
    }

    private static func error(_ bytes: [UInt8]) -> WireError? {
        do throws(WireError) {
            _ = try Event(sequence: 1, decoding: bytes)
            return nil
        } catch {
            return error
        }
    }

    private static let spec = TaskSpec(
        family: .audio, model: "whisper", modelDigest: Digest(bytes: [UInt8](1...32))!, runtime: "ort",
        itemsTotal: 300, inputs: Payload(inline: [1, 2], sizeBytes: 2), inputsCount: 1, batchItems: 0,
        backends: [.webnn, .cpu], recoveryTimeoutMs: 0, statePersistence: false, failoverStrategy: .parallel)

    private static let samples: [Event] = [
        EventPayload.taskSubmitted(TaskSubmitted(spec: spec)),
        .taskGranted(
            TaskGranted(
                task: TaskID(1), browser: BrowserID(200), incarnation: IncarnationID(1 << 40),
                candidates: [Candidate(browser: BrowserID(200), score: 1000), Candidate()])),
        .browserFailed(
            BrowserFailed(browser: BrowserID(3), evidence: .deviceLost, detail: "é", stderrTail: ["", "x"])),
        .runStarted(RunStarted(obligation: ObligationID(4), loadMs: 1.5, cold: true)),
        .stateDigestRecorded(StateDigestRecorded(position: 9, digest: .zero)),
    ].map { Event(sequence: 9, at: EventTime(nanoseconds: .max), cause: 8, payload: $0) }

    // MARK: What is read

    @Test("events come back as they were", arguments: samples)
    func roundTrip(event: Event) throws {
        #expect(try Event(sequence: 9, decoding: event.encoded()) == event)
    }

    @Test("a field that is left out is zero, though the type's default is another value")
    func absentFieldsAreZero() throws {
        let policy = PoolPolicy(
            maxConnections: 0, adaptiveScaling: false, enableFaultTolerance: false, autoOptimization: false,
            leaseMs: 0)
        let event = Event(
            sequence: 1, at: .zero, cause: 0, payload: .poolConfigured(PoolConfigured(policy: policy)))
        #expect(try Event(sequence: 1, decoding: event.encoded()) == event)
    }

    @Test("repeated numbers are read packed, one by one and mixed")
    func repeatedNumbers() throws {
        var writer = WireWriter()
        writer.append(Self.spec)
        let backends = Self.number(9, 1) + Self.delimited(9, [3, 2]) + Self.number(9, 3)
        let event = try Event(
            sequence: 1, decoding: Self.event(13, Self.delimited(1, writer.encoded + backends)))
        guard case .taskSubmitted(let submitted) = event.payload else {
            Issue.record("\(event)")
            return
        }
        #expect(submitted.spec.backends == [.webnn, .cpu, .webgpu, .cpu, .webnn, .cpu])
    }

    @Test("fields are read in any order, and the last of several numbers counts")
    func order() throws {
        let fields = [Self.number(4, 1), Self.number(1, 6), Self.number(2, 1), Self.number(1, 7)].flatMap {
            $0
        }
        let bytes = Self.delimited(51, fields) + Self.number(2, 3) + Self.number(1, 4)
        let expected = TaskQueued(task: TaskID(7), reason: .submitted, itemsDone: 0, backend: .webgpu)
        #expect(
            try Event(sequence: 1, decoding: bytes)
                == Event(
                    sequence: 1, at: EventTime(nanoseconds: 4), cause: 3, payload: .taskQueued(expected)))
    }

    @Test("zero, written out, is absent for what is optional")
    func explicitZero() throws {
        let event = try Event(
            sequence: 1, decoding: Self.event(60, Self.number(1, 0), Self.number(2, 1), Self.number(3, 0)))
        #expect(event.payload == .browserLaunchDecided(BrowserLaunchDecided(browser: nil, reason: .demand)))
    }

    @Test("a number with needless zero groups is read, up to ten bytes")
    func paddedNumber() throws {
        let padded: [UInt8] = [0x08, 0x85] + [UInt8](repeating: 0x80, count: 8) + [0]
        #expect(
            try Event(sequence: 1, decoding: Self.event(14, padded)).payload
                == .taskCancelRequested(TaskCancelRequested(task: TaskID(5))))
    }

    // MARK: What is refused

    @Test("an event cut short anywhere is an error", arguments: samples)
    func truncated(event: Event) {
        let bytes = event.encoded()
        for length in bytes.indices {
            #expect(throws: WireError.self, "\(length) bytes") {
                try Event(sequence: 1, decoding: Array(bytes.prefix(length)))
            }
        }
        #expect(Self.error(bytes.dropLast()) == .truncated(message: "Event"))
    }

    @Test("an event that ends inside a nested message names that message")
    func truncatedInside() {
        #expect(Self.error(Self.event(14, [0x08, 0x80])) == .truncated(message: "TaskCancelRequested"))
        #expect(Self.error(Self.event(20, [0x19, 1, 2])) == .truncated(message: "RunStarted"))
    }

    @Test("an unknown field is named with its message, and never skipped")
    func unknownField() {
        #expect(
            Self.error(Self.event(14, Self.number(1, 2), Self.number(63, 1)))
                == .unknownField(message: "TaskCancelRequested", number: 63))
        #expect(
            Self.error(Self.event(13, Self.delimited(1, Self.delimited(6, Self.number(9, 1)))))
                == .unknownField(message: "Payload", number: 9))
    }

    @Test("an unknown payload is named, also beside one that is known")
    func unknownPayload() {
        #expect(Self.error(Self.event(999, [])) == .unknownPayload(number: 999))
        #expect(
            Self.error(Self.event(14, Self.number(1, 2)) + Self.delimited(999, []))
                == .unknownPayload(number: 999))
    }

    @Test("an unknown value of an enumeration is named with its field")
    func unknownValue() {
        let run = Self.event(51, Self.number(2, 1), Self.number(4, 77))
        #expect(Self.error(run) == .unknownValue(field: "backend", value: 77))
        let huge = Self.event(51, Self.number(2, 1), Self.number(4, 1 << 32 | 1))
        #expect(Self.error(huge) == .unknownValue(field: "backend", value: 1 << 32 | 1))
        for backends in [Self.delimited(9, [1, 0]), Self.number(9, 0)] {
            #expect(
                Self.error(Self.event(13, Self.delimited(1, backends)))
                    == .unknownValue(field: "backends", value: 0))
        }
    }

    @Test("a required enumeration, digest, message or payload that is missing is named by its number")
    func missing() {
        #expect(
            Self.error(Self.event(51, Self.number(2, 1))) == .missingField(message: "TaskQueued", number: 4))
        #expect(
            Self.error(Self.event(51, Self.number(2, 0), Self.number(4, 1)))
                == .missingField(message: "TaskQueued", number: 2))
        #expect(
            Self.error(Self.event(51, Self.number(2, 1), Self.number(4, 1), Self.number(2, 0)))
                == .missingField(message: "TaskQueued", number: 2))
        #expect(
            Self.error(Self.event(31, Self.number(1, 1)))
                == .missingField(message: "StateDigestRecorded", number: 2))
        #expect(
            Self.error(Self.event(31, Self.delimited(2, [])))
                == .missingField(message: "StateDigestRecorded", number: 2))
        #expect(Self.error(Self.event(11)) == .missingField(message: "PoolConfigured", number: 1))
        #expect(Self.error(Self.number(1, 5)) == .missingField(message: "Event", number: 10))
        #expect(Self.error([]) == .missingField(message: "Event", number: 10))
    }

    @Test("a wrong wire type is named with its field")
    func wrongWireType() {
        #expect(
            Self.error(Self.event(14, Self.delimited(1, [1])))
                == .malformed(message: "TaskCancelRequested", field: "task"))
        #expect(
            Self.error(Self.event(20, Self.number(3, 1)))
                == .malformed(message: "RunStarted", field: "load_ms"))
        #expect(
            Self.error(Self.event(11, Self.number(1, 1)))
                == .malformed(message: "PoolConfigured", field: "policy"))
        #expect(Self.error(Self.number(14, 1)) == .malformed(message: "Event", field: "number 14"))
        // Groups (wire types 3 and 4) and field number 0 do not exist.
        #expect(Self.error([0x0b]) == .malformed(message: "Event", field: "tag 11"))
        #expect(Self.error([0x00, 1]) == .malformed(message: "Event", field: "tag 0"))
    }

    @Test("a tag of more than five bytes or 32 bits is malformed")
    func longTags() throws {
        let five: [UInt8] = [0x88, 0x80, 0x80, 0x80, 0x00, 5]
        #expect(try Event(sequence: 1, decoding: five + Self.event(14)).payload.number == 14)
        #expect(
            Self.error([0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 5])
                == .malformed(message: "Event", field: "tag 8"))
        #expect(
            Self.error([0x80, 0x80, 0x80, 0x80, 0x10])
                == .malformed(message: "Event", field: "tag \(1 << 32)"))
    }

    @Test("values out of range are malformed: digests, truths, 32-bit numbers")
    func outOfRange() {
        #expect(
            Self.error(Self.event(31, Self.delimited(2, [UInt8](repeating: 1, count: 31))))
                == .malformed(message: "StateDigestRecorded", field: "digest"))
        #expect(
            Self.error(Self.event(20, Self.number(5, 2))) == .malformed(message: "RunStarted", field: "cold"))
        #expect(
            Self.error(Self.event(10, Self.number(2, 1 << 32)))
                == .malformed(message: "EngineStarted", field: "revision"))
    }

    @Test("a number of more than 64 bits is malformed, wherever it ends", arguments: [1, 2, 5])
    func overlongNumber(extra: Int) {
        let eleven: [UInt8] = [0x08] + [UInt8](repeating: 0x80, count: 9 + extra) + [1]
        #expect(
            Self.error(Self.event(14, eleven))
                == .malformed(message: "TaskCancelRequested", field: "number 1"))
        // A tenth byte that says more than the 64th bit.
        let tenth: [UInt8] = [0x08] + [UInt8](repeating: 0xff, count: 9) + [2]
        #expect(
            Self.error(Self.event(14, tenth)) == .malformed(message: "TaskCancelRequested", field: "number 1")
        )
    }

    @Test(
        "text that is not UTF-8 is malformed",
        arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0xc3]]
            as [[UInt8]])
    func invalidText(bytes: [UInt8]) {
        #expect(
            Self.error(Self.event(20, Self.delimited(6, bytes)))
                == .malformed(message: "RunStarted", field: "runtime"))
        #expect(
            Self.error(Self.event(18, Self.delimited(8, bytes)))
                == .malformed(message: "BrowserFailed", field: "stderr_tail"))
    }

    @Test("two payloads, or two values of one message field, are an error that names the second")
    func duplicates() {
        let one = Self.event(14, Self.number(1, 2))
        #expect(
            Self.error(one + Self.delimited(14, Self.number(1, 2)))
                == .duplicateField(message: "Event", number: 14))
        #expect(
            Self.error(one + Self.delimited(15, Self.number(1, 2)))
                == .duplicateField(message: "Event", number: 15))
        var writer = WireWriter()
        writer.append(PoolPolicy())
        let policy = Self.delimited(1, writer.encoded)
        #expect(
            Self.error(Self.event(11, policy, policy))
                == .duplicateField(message: "PoolConfigured", number: 1))
        let adapters = Self.delimited(6, []) + Self.delimited(6, [])
        #expect(
            Self.error(Self.event(16, Self.delimited(3, adapters)))
                == .duplicateField(message: "BrowserFacts", number: 6))
    }

    @Test("a length beyond the end is truncation, also the greatest")
    func lengths() {
        for length in [1, 1 << 31, UInt64.max >> 1, .max] {
            let bytes = Self.varint(14 << 3 | 2) + Self.varint(length)
            #expect(Self.error(bytes) == .truncated(message: "Event"))
        }
    }

    @Test("every error says what failed and where")
    func descriptions() {
        #expect(WireError.unknownPayload(number: 99).description.contains("99"))
        let errors: [WireError] = [
            .truncated(message: "M"), .unknownField(message: "M", number: 9),
            .missingField(message: "M", number: 9),
            .duplicateField(message: "M", number: 9), .malformed(message: "M", field: "f"),
        ]
        for error in errors { #expect(error.description.contains("M")) }
        #expect(WireError.unknownValue(field: "f", value: 9).description.contains("field f has value 9"))
    }

    @Test("100 000 short random buffers: each an error or an event that reads back, never a crash")
    func randomBytes() throws {
        var state: UInt64 = 1
        func next() -> UInt64 {
            // Knuth's linear congruential generator for 64 bits (MMIX); its upper bits are good.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let tags = [10, 13, 14, 16, 17, 22, 51, 60, 70].map { Self.varint($0 << 3 | 2) }
        var read = 0
        for _ in 0..<100_000 {
            let length = Int(next() % 24)
            var bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: next() >> (next() % 8)) }
            // Every other buffer gets past the first tag, so that payloads are reached too.
            if next() % 2 == 0 { bytes = tags[Int(next()) % tags.count] + [UInt8(length)] + bytes }
            guard let event = try? Event(sequence: 1, decoding: bytes) else { continue }
            read += 1
            let encoded = event.encoded()
            #expect(try Event(sequence: 1, decoding: encoded).encoded() == encoded, "\(bytes)")
        }
        #expect(read > 0)
    }
}
