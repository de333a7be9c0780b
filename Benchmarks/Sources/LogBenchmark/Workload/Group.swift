import CLogBaselines
import EventLog
import LogWorkload

/// What one transaction of a baseline appends, laid out as Weir's log stores it. Made before the clock starts.
struct Group {
    private let mix: EventMix
    private let payloadBytes: Int
    private var first: UInt64 = 1
    /// The last event that has index entries.
    private var indexed: UInt64 = 0
    private var records: [UInt8] = []
    private var keys: [UInt8] = []
    private var values: [UInt8] = []
    private var ends: [UInt32] = []
    private let commit = [UInt8](repeating: 0xc0, count: Int(CLB_COMMIT_BYTES))

    /// A posting's distances are split into values of at most so many bytes, as in Weir's log: they then stay in LMDB's
    /// leaves.
    private static let valueBytesLimit = 507

    /// Weir's log writes the index for so many events at once.
    private static let blockEvents: UInt64 = 1024

    init(_ mix: EventMix, payloadBytes: Int) {
        self.mix = mix
        self.payloadBytes = payloadBytes
    }

    var recordBytes: Int {
        Int(CLB_HEADER_BYTES) + EventMix.streamsPerEvent * Int(CLB_STREAM_BYTES) + payloadBytes
    }

    /// Lays out `steps` steps of `batch` events each, which continue at sequence number `first`.
    mutating func prepare(first: UInt64, steps: Int = 1, batch: Int) {
        self.first = first
        prepareRecords(steps * batch)
        if first == 1 { indexed = 0 }
        let last = first + UInt64(steps * batch) - 1
        if last - indexed >= Self.blockEvents {
            preparePostings(from: indexed + 1, through: last)
            indexed = last
        } else {
            layOut([])
        }
    }

    private mutating func prepareRecords(_ count: Int) {
        let wanted = count * recordBytes
        if records.count != wanted { records = [UInt8](repeating: 0, count: wanted) }
        let (mix, recordBytes, payloadBytes, first) = (mix, recordBytes, payloadBytes, Int(first - 1))
        records.withUnsafeMutableBytes { records in
            for index in 0..<count {
                let place = first + index
                let start = index * recordBytes
                records[start + 5] = UInt8(EventMix.streamsPerEvent)
                records.storeBytes(
                    of: mix.types[place % EventMix.period], toByteOffset: start + 6, as: UInt16.self)
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
        let start = place % EventMix.period * EventMix.streamsPerEvent
        return mix.streams[start..<start + EventMix.streamsPerEvent]
    }

    private struct Posting {
        var kind: UInt8
        var id: UInt128
        var first: UInt64
        var last: UInt64
        var value: [UInt8] = []
    }

    private mutating func preparePostings(from first: UInt64, through last: UInt64) {
        var postings: [Posting] = []
        var current: [UInt128: Int] = [:]
        for sequence in first...last {
            let place = Int(sequence - 1)
            Self.add(sequence, 1, UInt128(mix.types[place % EventMix.period]), &current, &postings)
            for stream in Self.streams(of: place, in: mix) {
                Self.add(sequence, 2, stream.value, &current, &postings)
            }
        }
        postings.sort { ($0.kind, $0.id, $0.first) < ($1.kind, $1.id, $1.first) }
        layOut(postings)
    }

    private mutating func layOut(_ postings: [Posting]) {
        keys.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        for posting in postings {
            keys.append(posting.kind)
            withUnsafeBytes(of: posting.id.bigEndian) { keys.append(contentsOf: $0) }
            withUnsafeBytes(of: posting.first.bigEndian) { keys.append(contentsOf: $0) }
            values += posting.value
            ends.append(UInt32(values.count))
        }
    }

    /// Types and streams never have the same id here, so that ids alone tell postings apart.
    private static func add(
        _ sequence: UInt64, _ kind: UInt8, _ id: UInt128, _ current: inout [UInt128: Int],
        _ postings: inout [Posting]
    ) {
        if let index = current[id], postings[index].value.count < valueBytesLimit {
            var distance = sequence - postings[index].last
            while distance >= 0x80 {
                postings[index].value.append(UInt8(truncatingIfNeeded: distance) | 0x80)
                distance >>= 7
            }
            postings[index].value.append(UInt8(distance))
            postings[index].last = sequence
        } else {
            current[id] = postings.count
            postings.append(Posting(kind: kind, id: id, first: sequence, last: sequence))
        }
    }

    /// Runs `body` with the form that the baselines take.
    func withLayout<Value>(_ body: (UnsafePointer<clb_group>) throws -> Value) rethrows -> Value {
        try records.withUnsafeBufferPointer { records in
            try keys.withUnsafeBufferPointer { keys in
                try values.withUnsafeBufferPointer { values in
                    try ends.withUnsafeBufferPointer { ends in
                        try commit.withUnsafeBufferPointer { commit in
                            var group = clb_group(
                                first: first, count: records.count / recordBytes, record_bytes: recordBytes,
                                payload_bytes: payloadBytes, records: records.baseAddress,
                                postings: ends.count, posting_keys: keys.baseAddress,
                                posting_values: values.baseAddress, posting_ends: ends.baseAddress,
                                commit: commit.baseAddress)
                            return try body(&group)
                        }
                    }
                }
            }
        }
    }
}
