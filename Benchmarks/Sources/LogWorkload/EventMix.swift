import EventLog

/// The types, streams and payloads of the events that all contestants store, by their place in an endless row.
///
/// The shape is a pool's: a task lives for 16 events, 16 tasks live at once, each on one of 8 browsers, and its events
/// are of 8 types. So an event is in two streams, one of which is young and soon ends.
public struct EventMix: Sendable {
    /// The row begins anew after so many events; it is a power of two.
    public static let period = 1 << 18
    public static let streamsPerEvent = 2

    public let types: [UInt16]
    /// Two per event: its task and its browser.
    public let streams: [StreamID]
    /// Bytes that payloads are cut from.
    public let noise: [UInt8]

    private static let tasksAtOnce = 16
    private static let eventsPerTask = 16
    private static let browsers = 8
    private static let typesCount = 8
    private static let noiseBytes = 1 << 16

    public init() {
        var types: [UInt16] = []
        var streams: [StreamID] = []
        types.reserveCapacity(Self.period)
        streams.reserveCapacity(Self.period * Self.streamsPerEvent)
        for place in 0..<Self.period {
            let lane = place % Self.tasksAtOnce
            let task = place / (Self.tasksAtOnce * Self.eventsPerTask) * Self.tasksAtOnce + lane
            types.append(UInt16(1 + (place + place / Self.tasksAtOnce) % Self.typesCount))
            streams.append(Self.stream(UInt64(task)))
            streams.append(Self.stream(.max - UInt64(lane % Self.browsers)))
        }
        self.types = types
        self.streams = streams
        noise = (0..<Self.noiseBytes / 8).flatMap { index in
            withUnsafeBytes(of: Self.mixed(UInt64(index))) { Array($0) }
        }
    }

    /// Where in `noise` the payload of an event begins.
    public static func noiseOffset(_ place: Int, bytes: Int) -> Int {
        place &* 64 % (noiseBytes - bytes)
    }

    private static func stream(_ number: UInt64) -> StreamID {
        StreamID(UInt128(mixed(number)) << 64 | UInt128(mixed(~number)))
    }

    /// The finaliser of SplitMix64: ids that look random, as those of streams do.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var value = number &+ 0x9e37_79b9_7f4a_7c15
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
