import BrowserExecutor
import Pool

/// Where there is speech in the sounds of a task, as far as it has come.
struct SpeechReport {
    let sounds: [Sound]

    /// One file.
    struct Sound {
        var name: String
        /// Its length in seconds.
        var length: Double
        /// Seconds from the beginning; nil while not every chunk has its result.
        var segments: [(start: Double, end: Double)]?
    }

    /// - Parameters:
    ///   - payload: the task's inputs.
    ///   - probabilities: of the task's items, from the first on.
    /// - Returns: nil when the inputs are no files.
    init?(inputs payload: [UInt8], samples: ModelManifest.Samples, probabilities: [Double]) {
        guard let packed = PackedFiles(headerOf: payload) else { return nil }
        var first = 0
        sounds = packed.files.map { file in
            let items = first..<first + file.items
            first = items.upperBound
            let length = file.bytes / MemoryLayout<Float>.size
            func seconds(_ sample: Int) -> Double { Double(sample) / Double(samples.rate) }
            guard items.upperBound <= probabilities.count else {
                return Sound(name: file.name, length: seconds(length), segments: nil)
            }
            let found = SpeechSegments(
                probabilities: Array(probabilities[items]), chunk: samples.chunk, length: length,
                rate: samples.rate)
            return Sound(
                name: file.name, length: seconds(length),
                segments: found.samples.map { (seconds($0.lowerBound), seconds($0.upperBound)) })
        }
    }

    func add(to lines: inout LabelledLines) {
        for sound in sounds {
            lines.add(line: "\(sound.name)  \(Format.fixed(sound.length, 2)) s")
            guard let segments = sound.segments else {
                lines.add(line: "  not finished")
                continue
            }
            if segments.isEmpty { lines.add(line: "  no speech") }
            for segment in segments {
                lines.add(
                    line: "  speech  \(Format.fixed(segment.start, 2)) s to \(Format.fixed(segment.end, 2)) s"
                )
            }
        }
    }

    /// A JSON array.
    var json: String {
        let objects = sounds.map { sound in
            var writer = JSONWriter()
            writer.braces { writer in
                writer.key("file")
                writer.quoted(sound.name)
                writer.key("seconds")
                writer.raw("\(sound.length)")
                writer.key("segments")
                let segments = sound.segments?.map { "{\"start\":\($0.start),\"end\":\($0.end)}" }
                writer.raw(segments.map { "[\($0.joined(separator: ","))]" } ?? "null")
            }
            return writer.string
        }
        return "[\(objects.joined(separator: ","))]"
    }
}
