import CLogBaselines
import EventLog
import LogWorkload

/// What one transaction of a baseline appends, laid out as Weir's log stores it. Made before the clock starts.
struct Group {
    private let mix: EventMix
    private let payloadBytes: Int
    private var first: UInt64 = 1
    /// The last event that the index has.
    private var indexed: UInt64 = 0
    /// Which of the row's places each event has.
    private var places: [Int32] = []
    /// How many events each run of the index has, the newest one first.
    private var runs: [UInt64] = []
    private var records: [UInt8] = []
    private var run: [UInt8] = []
    private var runsRemoved = 0
    private let commit = [UInt8](repeating: 0xc0, count: Int(CLB_COMMIT_BYTES))

    /// Weir's log writes the index for so many events at once.
    private static let blockEvents: UInt64 = 1024
    /// Runs of fewer events are joined when they have so many together, as in Weir's log.
    private static let tiers: [UInt64] = [16_384, 262_144]

    init(_ mix: EventMix, payloadBytes: Int) {
        self.mix = mix
        self.payloadBytes = payloadBytes
    }

    var recordBytes: Int {
        Int(CLB_HEADER_BYTES) + EventMix.streamsPerEvent * Int(CLB_STREAM_BYTES) + payloadBytes
    }

    /// Lays out steps of `batch` events each, which continue at sequence number `first`.
    ///
    /// - Parameter starts: which place of the row each step begins with; else they go on in the row.
    mutating func prepare(first: UInt64, steps: Int = 1, batch: Int, from starts: [Int]? = nil) {
        self.first = first
        if first == 1 {
            indexed = 0
            places = []
            runs = []
        }
        for step in 0..<steps {
            let start = starts?[step] ?? Int(first - 1) + step * batch
            for place in start..<start + batch { places.append(Int32(place % EventMix.period)) }
        }
        prepareRecords(steps * batch)
        prepareRun(through: first + UInt64(steps * batch) - 1)
    }

    private mutating func prepareRun(through last: UInt64) {
        run = []
        runsRemoved = 0
        guard last - indexed >= Self.blockEvents else { return }
        runs.insert(last - indexed, at: 0)
        indexed = last
        for tier in Self.tiers.reversed() {
            let small = runs.prefix { $0 < tier }
            guard small.count > 1, small.reduce(0, +) >= tier else { continue }
            runsRemoved = small.count - 1
            runs.replaceSubrange(..<small.count, with: [small.reduce(0, +)])
            break
        }
        run = [UInt8](repeating: 0xd0, count: runBytes(from: last + 1 - runs[0], through: last))
    }

    /// How many bytes Weir's log takes for the run of some events: a head, 32 bytes for each term, the distances between
    /// its events, and a word for every four terms.
    private func runBytes(from first: UInt64, through last: UInt64) -> Int {
        var newest: [UInt128: UInt64] = [:]
        var distances = 0
        func add(_ term: UInt128, _ sequence: UInt64) {
            if let former = newest.updateValue(sequence, forKey: term) {
                distances += (64 - (sequence - former).leadingZeroBitCount + 6) / 7
            }
        }
        for sequence in first...last {
            let place = Int(places[Int(sequence - 1)])
            // Types and streams never have the same number here.
            add(UInt128(mix.types[place]), sequence)
            for stream in Self.streams(of: place, in: mix) { add(stream.value, sequence) }
        }
        return 16 + newest.count * 32 + distances + (newest.count + 3) / 4 * 8
    }

    private mutating func prepareRecords(_ count: Int) {
        let wanted = count * recordBytes
        if records.count != wanted { records = [UInt8](repeating: 0, count: wanted) }
        let (mix, recordBytes, payloadBytes) = (mix, recordBytes, payloadBytes)
        let places = places.suffix(count)
        records.withUnsafeMutableBytes { records in
            for (index, place) in places.enumerated() {
                let place = Int(place)
                let start = index * recordBytes
                records[start + 5] = UInt8(EventMix.streamsPerEvent)
                records.storeBytes(of: mix.types[place], toByteOffset: start + 6, as: UInt16.self)
                var offset = start + Int(CLB_HEADER_BYTES)
                for stream in Self.streams(of: place, in: mix) {
                    records.storeBytes(of: stream.value.bigEndian, toByteOffset: offset, as: UInt128.self)
                    offset += Int(CLB_STREAM_BYTES)
                }
                mix.noise.withUnsafeBytes { noise in
                    let from = EventMix.noiseOffset(place, bytes: payloadBytes)
                    UnsafeMutableRawBufferPointer(rebasing: records[offset..<offset + payloadBytes])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: noise[from..<from + payloadBytes]))
                }
            }
        }
    }

    private static func streams(of place: Int, in mix: EventMix) -> ArraySlice<StreamID> {
        let start = place * EventMix.streamsPerEvent
        return mix.streams[start..<start + EventMix.streamsPerEvent]
    }

    /// Runs `body` with the form that the baselines take.
    func withLayout<Value>(_ body: (UnsafePointer<clb_group>) throws -> Value) rethrows -> Value {
        try records.withUnsafeBufferPointer { records in
            try run.withUnsafeBufferPointer { run in
                try commit.withUnsafeBufferPointer { commit in
                    var group = clb_group(
                        first: first, count: records.count / recordBytes, record_bytes: recordBytes,
                        payload_bytes: payloadBytes, records: records.baseAddress,
                        run_bytes: run.count, run: run.baseAddress, runs_removed: runsRemoved,
                        commit: commit.baseAddress)
                    return try body(&group)
                }
            }
        }
    }
}
