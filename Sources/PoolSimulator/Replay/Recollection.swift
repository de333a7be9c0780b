/// Where the course of something in a replay comes from.
enum Origin: Sendable {
    case recorded
    case resampled
    case assumed
}

/// What was recorded of one kind of thing: first in its order, each once, then drawn from all of it.
struct Recollection<Value: Sendable>: Sendable {
    private let recorded: [Value]
    private let drawable: [Value]
    private var next = 0

    /// - Parameter isDrawable: Whether a recorded one may stand for others too.
    init(_ recorded: [Value], drawing isDrawable: (Value) -> Bool = { _ in true }) {
        self.recorded = recorded
        drawable = recorded.filter(isDrawable)
    }

    /// The next one; nil when nothing that may be drawn was recorded.
    mutating func take(_ random: inout SplitMix64) -> (value: Value, origin: Origin)? {
        guard next < recorded.count else {
            return drawable.isEmpty ? nil : (random.pick(drawable), .resampled)
        }
        next += 1
        return (recorded[next - 1], .recorded)
    }

    /// One that was recorded of something else; nil when there is none.
    func draw(_ random: inout SplitMix64) -> Value? { drawable.isEmpty ? nil : random.pick(drawable) }
}
