import EventLog

/// The contents of every step that a harness appends, derived from the seed, the writer and the position.
///
/// Each writer that opens the log is an epoch. A record that was lost and comes back later, stands elsewhere, or
/// is made of parts of two, has another content than the one expected at its place.
struct Workload {
    var seed: UInt64

    struct Content {
        var records: [[UInt8]]
        var blobs: [[UInt8]]

        var step: Step { Step(records: records, blobs: blobs) }
    }

    /// The step that the writer of `epoch` appends at `first`.
    func content(epoch: UInt64, at first: UInt64) -> Content {
        var dice = Dice(seed, epoch, first)
        let records = (0..<dice.number(1...5)).map { _ in dice.bytes(Self.recordBytes(&dice)) }
        var blobs: [[UInt8]] = []
        if dice.once(in: 12) {
            // Some contents come again and again, and are stored only once.
            if dice.once(in: 3) { dice = Dice(seed, UInt64(dice.number(1...4))) }
            blobs.append(dice.bytes(dice.number(1...6000)))
        }
        return Content(records: records, blobs: blobs)
    }

    /// Mostly small, sometimes too large for a page to hold two.
    private static func recordBytes(_ dice: inout Dice) -> Int {
        switch dice.number(1...8) {
        case 1: dice.number(1500...4000)
        case 2: dice.number(200...1500)
        default: dice.number(10...200)
        }
    }
}
