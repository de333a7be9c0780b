import Testing

@testable import Pool

/// The reader of one pass: what it takes is what the full reader takes.
@Suite("Reading our own writers' form in one pass")
struct CanonicalReaderTests {
    private static func both(_ bytes: [UInt8]) -> (canonical: Event?, full: Event?) {
        bytes.withUnsafeBytes {
            (Event(sequence: 1, canonical: $0), try? Event(sequence: 1, anyForm: $0))
        }
    }

    @Test("numbers of every length come back, also as the last bytes of a record")
    func numbers() {
        let edges = (0..<64).flatMap { shift -> [UInt64] in
            let power: UInt64 = 1 << UInt64(shift)
            return [power - 1, power, power + 1]
        }
        for number in edges + [.max, .max - 1] {
            let payloads: [EventPayload] = [
                .taskCancelRequested(TaskCancelRequested(task: TaskID(number))),
                .reportsRefused(ReportsRefused(refusal: .stale, count: number, lastSubject: number)),
                .stateDigestRecorded(StateDigestRecorded(position: number, digest: .zero)),
            ]
            for payload in payloads {
                let event = Event(
                    sequence: 1, at: EventTime(nanoseconds: number), cause: number, payload: payload)
                let read = Self.both(event.encoded())
                #expect(read.canonical == event, "\(number)")
                #expect(read.full == event, "\(number)")
            }
        }
    }

    @Test("text is taken as the full reader takes it, also where it is not ASCII")
    func text() {
        let texts = [
            "", "a", "é", "abcdefgh", "abcdefgé", "abcdefghi", "👩‍🚀 and more",
            String(repeating: "x", count: 999),
        ]
        for text in texts {
            let failed = RunFailed(obligation: ObligationID(1), failure: .executorFault, detail: text)
            let event = Event(sequence: 1, at: EventTime(nanoseconds: 1), cause: 0, payload: failed.payload)
            #expect(Self.both(event.encoded()).canonical == event)
        }
        for bytes in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xc3]] as [[UInt8]] {
            let field: [UInt8] = [6 << 3 | 2, UInt8(bytes.count)] + bytes
            let record: [UInt8] = [0xa2, 0x01, UInt8(field.count)] + field
            let read = Self.both(record)
            #expect(read.canonical == nil && read.full == nil)
        }
    }

    @Test("other forms that the specification allows are left to the full reader")
    func otherForms() {
        let task: [UInt8] = [0x08, 7]
        let payload: [UInt8] = [14 << 3 | 2, UInt8(task.count)] + task
        // In their order; the payload before the time; the task twice.
        #expect(Self.both([0x08, 5] + payload).canonical != nil)
        for bytes in [payload + [0x08, 5], [0x08, 5, 14 << 3 | 2, 4, 0x08, 6] + task] {
            let read = Self.both(bytes)
            #expect(read.canonical == nil)
            #expect(read.full?.at == EventTime(nanoseconds: 5))
            #expect(read.full?.payload == .taskCancelRequested(TaskCancelRequested(task: TaskID(7))))
        }
    }

    @Test("a zero byte where a tag should stand is refused, also as the last byte")
    func zeroTag() {
        for bytes in [[0x08, 5, 14 << 3 | 2, 2, 0x08, 7, 0], [0x08, 5, 14 << 3 | 2, 3, 0x08, 7, 0], [0]]
            as [[UInt8]]
        {
            let read = Self.both(bytes)
            #expect(read.canonical == nil && read.full == nil)
        }
    }

    @Test("200 000 short random buffers: what is taken is what the full reader reads")
    func randomBytes() {
        var state: UInt64 = 7
        func next() -> UInt64 {
            // Knuth's linear congruential generator for 64 bits (MMIX); its upper bits are good.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        var taken = 0
        for _ in 0..<200_000 {
            let length = Int(next() % 24)
            var bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: next() >> (next() % 8)) }
            let number = 10 + UInt8(next() % 6)
            if next() % 4 > 0 { bytes = [number << 3 | 2, UInt8(length)] + bytes }
            let read = Self.both(bytes)
            if let event = read.canonical {
                taken += 1
                #expect(event == read.full, "\(bytes)")
            }
        }
        #expect(taken > 100, "\(taken)")
    }

    @Test("every list of backends is taken as the full reader takes it, shared or not")
    func backends() {
        var lists: [[Backend]] = [[]]
        for _ in 0..<4 {
            lists += lists.flatMap { list in Backend.allCases.map { list + [$0] } }
        }
        for list in Set(lists) {
            let spec = TaskSpec(backends: list, runtimeBackends: list.reversed())
            let event = Event(
                sequence: 1, at: EventTime(nanoseconds: 1), cause: 0,
                payload: .taskSubmitted(TaskSubmitted(spec: spec)))
            let read = Self.both(event.encoded())
            #expect(read.canonical == event)
            #expect(read.full == event)
            let shared = list.map { UInt8($0.rawValue) }.withUnsafeBytes { Backend.sharedList($0) }
            #expect(shared == (list.count <= 3 ? list : nil))
        }
        for numbers: [UInt8] in [[0], [4], [1, 0], [0x81, 1], [1, 2, 7]] {
            #expect(numbers.withUnsafeBytes { Backend.sharedList($0) } == nil)
        }
    }
}
