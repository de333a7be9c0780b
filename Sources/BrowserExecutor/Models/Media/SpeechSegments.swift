/// Where there is speech, told from the probabilities of a sound's chunks by the rules of silero-vad's
/// `get_speech_timestamps` with its defaults.
///
/// Speech begins with a chunk of at least 0.5 and ends where a silence begins, chunks below 0.35, that lasts for 100 ms
/// without a chunk of at least 0.5; a silence that the sound's end cuts off ends nothing. Speech of at most 250 ms is
/// left out. Then each segment grows by 30 ms on both sides, or two neighbours by half of what is between them.
public struct SpeechSegments: Sendable, Equatable {
    /// Samples from the first of each segment to the one after its last.
    public let samples: [Range<Int>]

    private static let threshold = 0.5
    private static let silenceThreshold = 0.35

    /// - Parameters:
    ///   - probabilities: one for each chunk, from the first on.
    ///   - chunk: samples of a chunk.
    ///   - length: samples of the sound.
    ///   - rate: samples per second.
    public init(probabilities: [Double], chunk: Int, length: Int, rate: Int) {
        let shortest = rate / 4
        let silence = rate / 10
        var segments: [(start: Int, end: Int)] = []
        var start: Int?
        var silentFrom: Int?
        for (index, probability) in probabilities.enumerated() {
            let at = index * chunk
            if probability >= Self.threshold {
                silentFrom = nil
                start = start ?? at
            } else if probability < Self.silenceThreshold, let begun = start {
                let end = silentFrom ?? at
                silentFrom = end
                guard at - end >= silence else { continue }
                if end - begun > shortest { segments.append((begun, end)) }
                start = nil
                silentFrom = nil
            }
        }
        if let start, length - start > shortest { segments.append((start, length)) }
        samples = Self.padded(segments, by: rate * 30 / 1000, length: length)
    }

    private static func padded(
        _ given: [(start: Int, end: Int)], by padding: Int, length: Int
    ) -> [Range<Int>] {
        var segments = given
        for index in segments.indices {
            if index == 0 { segments[0].start = max(0, segments[0].start - padding) }
            guard index + 1 < segments.count else {
                segments[index].end = min(length, segments[index].end + padding)
                continue
            }
            let between = segments[index + 1].start - segments[index].end
            let growth = between < 2 * padding ? between / 2 : padding
            segments[index].end = min(length, segments[index].end + growth)
            segments[index + 1].start = max(0, segments[index + 1].start - growth)
        }
        return segments.map { $0.start..<$0.end }
    }
}
