import Pool
import PoolEngine
import Testing

@testable import PoolSimulator

/// What a replay takes from a record, piece by piece.
@Suite struct RecordedTaskTests {
    private static func batch(_ items: Range<UInt64>, ms: UInt64) -> RecordedCourse.Batch {
        .init(items: items, backend: .webgpu, durationNs: ms * 1_000_000, runMs: Double(ms))
    }

    private static var course: RecordedCourse {
        RecordedCourse(batches: [batch(0..<10, ms: 20), batch(10..<14, ms: 8), batch(20..<30, ms: 50)])
    }

    @Test("a batch is found by each of its items, and what is left of it takes its part of the time")
    func batches() {
        let course = Self.course
        #expect(course.batch(from: 0, on: .webgpu) == Self.batch(0..<10, ms: 20))
        #expect(course.batch(from: 5, on: .webgpu) == Self.batch(5..<10, ms: 10))
        #expect(course.batch(from: 13, on: .webgpu) == Self.batch(13..<14, ms: 2))
        #expect(course.batch(from: 29, on: .webgpu) == Self.batch(29..<30, ms: 5))
        for item in [14, 19, 30, 99] as [UInt64] { #expect(course.batch(from: item, on: .webgpu) == nil) }
        #expect(course.batch(from: 0, on: .cpu) == nil, "another backend has another speed")
    }

    @Test("a batch is scaled without overflow")
    func scaling() {
        let long = RecordedCourse.Batch(items: 0..<3, backend: .cpu, durationNs: .max, runMs: 3)
        #expect(long.scaled(to: 2, from: 7).durationNs == UInt64.max / 3 * 2)
        #expect(long.scaled(to: 2, from: 7).items == 7..<9)
        #expect(long.scaled(to: 2, from: 7).runMs == 2)
    }

    @Test("inputs that were stored apart are left out, those within the event stay")
    func inputs() {
        let apart = Payload(digest: Digest(sha256: [1]), sizeBytes: 5_000)
        #expect(RecordedTask(spec: TaskSpec(inputs: apart)).spec.inputs.digest == nil)
        let within = Payload(inline: [91, 93], sizeBytes: 2)
        #expect(RecordedTask(spec: TaskSpec(inputs: within)).spec.inputs == within)
    }

    @Test(
        "a fault strikes at its item or at the next chance, in the page or before it",
        arguments: [
            // item, had started, position, has started, strikes
            (10, true, 10, true, true), (10, true, 9, true, false), (10, true, 14, true, true),
            (10, true, 10, false, false), (10, false, 10, false, true), (10, false, 12, false, true),
            (10, false, 10, true, false), (10, false, 11, true, true), (10, false, 9, false, false),
        ] as [(UInt64, Bool, UInt64, Bool, Bool)])
    func strikes(item: UInt64, hadStarted: Bool, position: UInt64, hasStarted: Bool, strikes: Bool) {
        let fault = RecordedFault(
            kind: .runHangs, item: item, hadStarted: hadStarted, afterNs: 1, backend: .webgpu)
        #expect(fault.strikes(at: position, hasStarted: hasStarted) == strikes)
    }

    @Test("only the refusal of a backend is of that backend")
    func refusals() {
        func fault(_ refusal: BackendRefusal?) -> RecordedFault {
            let kind = RecordedFault.Kind.runFails(.backendUnsupported, refusal: refusal, detail: "")
            return RecordedFault(kind: kind, item: 0, hadStarted: false, afterNs: 1, backend: .webgpu)
        }
        #expect(fault(.tooSlow).isRefusal(byOtherThan: .cpu))
        #expect(!fault(.tooSlow).isRefusal(byOtherThan: .webgpu))
        #expect(!fault(nil).isRefusal(byOtherThan: .cpu))
    }

    @Test("what was recorded comes once each in its order, and then what may be drawn")
    func recollection() {
        var random = SplitMix64(seed: 1)
        var values = Recollection([1, 2, 3, 4]) { $0.isMultiple(of: 2) }
        let first = (0..<4).compactMap { _ in values.take(&random) }
        #expect(first.map(\.value) == [1, 2, 3, 4] && first.allSatisfy { $0.origin == .recorded })
        let later = (0..<50).compactMap { _ in values.take(&random) }
        #expect(Set(later.map(\.value)) == [2, 4] && later.allSatisfy { $0.origin == .resampled })
        var none = Recollection([1]) { _ in false }
        #expect(none.take(&random)?.value == 1)
        #expect(none.take(&random) == nil)
    }

    @Test("what is drawn for a run is of its model and backend, else of its model, else of any")
    func byModel() {
        var random = SplitMix64(seed: 1)
        let (one, two, three) = (Digest(sha256: [1]), Digest(sha256: [2]), Digest(sha256: [3]))
        var values = ByModel<Int>()
        #expect(values.draw(model: one, backend: .cpu, &random) == nil)
        values.add(1, model: one, backend: .cpu)
        values.add(2, model: one, backend: .webgpu)
        values.add(3, model: two, backend: .webgpu)
        func drawn(_ model: Digest, _ backend: Backend) -> Set<Int> {
            var random = SplitMix64(seed: 9)
            return Set((0..<60).compactMap { _ in values.draw(model: model, backend: backend, &random) })
        }
        #expect(drawn(one, .cpu) == [1])
        #expect(drawn(one, .webnn) == [1, 2])
        #expect(drawn(three, .cpu) == [1, 2, 3])
    }
}
