import EventLog

/// Builds Weir's steps of the same events that the baselines store.
public struct StepSource: Sendable {
    public let mix: EventMix
    public let payloadBytes: Int

    public init(mix: EventMix, payloadBytes: Int) {
        self.mix = mix
        self.payloadBytes = payloadBytes
    }

    /// The step of `batch` events of the row, from one of its places on.
    public func step(at first: Int, batch: Int) -> Step {
        var step = Step(reservingBytes: batch * payloadBytes, records: batch)
        let noise = mix.noise.span.bytes
        let streams = mix.streams.span
        for place in first..<first + batch {
            let index = place % EventMix.period
            let from = EventMix.noiseOffset(place, bytes: payloadBytes)
            let firstStream = index * EventMix.streamsPerEvent
            step.append(
                noise.extracting(from..<from + payloadBytes), type: mix.types[index],
                streams: streams.extracting(firstStream..<firstStream + EventMix.streamsPerEvent))
        }
        return step
    }
}
