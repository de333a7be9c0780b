import Foundation

extension ModelPackage {
    /// Whether inputs are files that are given whole: sound or images.
    public var takesFiles: Bool { manifest.input.kind == .samples || manifest.input.kind == .image }
}

extension ModelInputs {
    /// What a page holds of inputs, in bytes.
    static let fileLimit = 256 << 20

    /// Inputs for a model that takes sound or images, packed as `PackedFiles`.
    ///
    /// Of sound, WAV files (see `WaveFile`), an item is a chunk of the size that the model takes, at the model's rate;
    /// the last of a file is filled up with silence. An image, PNG or JPEG, is an item; it is decoded by the browser.
    ///
    /// - Throws: `InputError` naming the file that is missing, damaged or of another kind.
    public init(files paths: [String], for model: ModelPackage) throws(InputError) {
        var packed = PackedFiles()
        var total = 0
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .unreadable(path: path)
            }
            var bytes = [UInt8](data)
            var items = 1
            if let samples = model.manifest.input.samples {
                bytes = try Self.sound(bytes, path: path, rate: samples.rate)
                let chunkBytes = samples.chunk * MemoryLayout<Float>.size
                items = (bytes.count + chunkBytes - 1) / chunkBytes
            } else if let problem = ImageFile.problem(bytes) {
                throw .unusable(path: path, reason: problem)
            }
            total += bytes.count
            guard total <= Self.fileLimit else {
                throw .unusable(
                    path: path,
                    reason:
                        "with it the task's inputs have more than \(Self.fileLimit) bytes; give fewer files")
            }
            packed.add(bytes, name: path, items: items)
        }
        do {
            self.init(count: packed.items, bytes: try packed.encoded())
        } catch {
            throw .unusable(path: paths.first ?? "", reason: "\(error)")
        }
    }

    /// The samples of a file at a rate, as float32.
    private static func sound(_ bytes: [UInt8], path: String, rate: Int) throws(InputError) -> [UInt8] {
        let file: WaveFile
        do {
            file = try WaveFile(bytes)
        } catch {
            throw .unusable(path: path, reason: error.description)
        }
        let samples = Resampler(from: file.rate, to: rate).resampled(file.samples)
        // Linux runs on little-endian processors only, where Swift does.
        return samples.withUnsafeBytes(Array.init)
    }
}

/// What can be said of an image file without decoding it: that it is one, and that it is whole.
enum ImageFile {
    private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Why a file is no image that is taken; nil when it seems to be one.
    ///
    /// A browser shows as much as it finds of a torn image, so its end is looked for here.
    static func problem(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: pngSignature) {
            return isWholePNG(bytes) ? nil : "it is a PNG image that is damaged or ends too early"
        }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            return isWholeJPEG(bytes) ? nil : "it is a JPEG image that ends too early"
        }
        return "it is neither a PNG nor a JPEG image"
    }

    /// Chunks follow one another up to the one named IEND (ISO/IEC 15948, 5.3).
    private static func isWholePNG(_ bytes: [UInt8]) -> Bool {
        var at = pngSignature.count
        while at + 12 <= bytes.count {
            let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - at - 12 else { return false }
            if bytes[at + 4..<at + 8].elementsEqual("IEND".utf8) { return true }
            at += 12 + length
        }
        return false
    }

    /// The marker that ends an image stands in the last bytes, which some programs fill up (ISO/IEC 10918-1, B.1.1.3).
    private static func isWholeJPEG(_ bytes: [UInt8]) -> Bool {
        let tail = bytes.suffix(1 << 16)
        return zip(tail, tail.dropFirst()).contains { $0 == 0xFF && $1 == 0xD9 }
    }
}
