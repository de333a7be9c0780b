import EventLog

/// The contents of every step that a harness appends, derived from the seed, the writer and the position.
///
/// Each writer that opens the log is an epoch. A record that was lost and comes back later, stands elsewhere, or
/// is made of parts of two, has another content than the one expected at its place.
struct Workload {
    var seed: UInt64

    struct Content {
        struct Entry {
            var payload: [UInt8]
            var type: UInt16
            var streams: [StreamID]
        }

        var records: [Entry] = []
        var blobs: [[UInt8]] = []
        var key: [UInt8] = []
        /// A lazy step may be lost, but only with all that follow it.
        var durability = Durability.durable

        var step: Step {
            var step = Step()
            for record in records { step.append(record.payload, type: record.type, streams: record.streams) }
            for blob in blobs { step.add(blob: blob) }
            step.key = key
            return step
        }
    }

    /// The step that the writer of `epoch` appends at `first`.
    func content(epoch: UInt64, at first: UInt64) -> Content {
        var dice = Dice(seed, epoch, first)
        var content = Content()
        for _ in 0..<dice.number(1...5) {
            content.records.append(
                Content.Entry(
                    payload: dice.bytes(Self.recordBytes(&dice)), type: UInt16(dice.number(0...3)),
                    streams: Self.streams(&dice)))
        }
        if dice.once(in: 6) { content.key = Array("\(epoch)/\(first)".utf8) }
        if dice.once(in: 8) { content.durability = .lazy }
        if dice.once(in: 12) {
            // Some contents come again and again, and are stored only once.
            if dice.once(in: 3) { dice = Dice(seed, UInt64(dice.number(1...4))) }
            content.blobs.append(dice.bytes(dice.number(1...6000)))
        }
        return content
    }

    /// Mostly small, sometimes too large for a page to hold two.
    private static func recordBytes(_ dice: inout Dice) -> Int {
        switch dice.number(1...8) {
        case 1: dice.number(1500...4000)
        case 2: dice.number(200...1500)
        default: dice.number(10...200)
        }
    }

    /// None, one or two different ones of a few that come often.
    private static func streams(_ dice: inout Dice) -> [StreamID] {
        let first = dice.number(1...6)
        return [first, first % 6 + 1].prefix(dice.number(0...2)).map { StreamID(UInt128($0)) }
    }
}
