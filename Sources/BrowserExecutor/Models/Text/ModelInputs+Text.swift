import Foundation

extension ModelPackage {
    /// Whether inputs are texts.
    public var takesText: Bool { manifest.input.kind == .tokens }

    /// Most items that one dispatch takes of these inputs: for tokens, as many as surely fit.
    public func batchItems(of inputs: ModelInputs) -> Int {
        guard let tokens = manifest.input.batchTokens, inputs.count > 0 else { return manifest.maximumBatch }
        let longest = inputs.bytes.count / MemoryLayout<Float>.size / inputs.count
        return max(1, min(manifest.maximumBatch, tokens / max(1, longest)))
    }
}

extension ModelInputs {
    /// Inputs for a model that takes text: the token ids of each text, filled up with -1 to the longest.
    ///
    /// - Throws: `InputError` when the model takes something else, or its vocabulary cannot be read.
    public init(texts: [String], for model: ModelPackage) throws(InputError) {
        let tokenizer = try model.tokenizer()
        let all = texts.map { tokenizer.ids(of: $0) }
        let longest = all.map(\.count).max() ?? 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(all.count * longest * MemoryLayout<Float>.size)
        for ids in all {
            for position in 0..<longest {
                let value: Float = position < ids.count ? Float(ids[position]) : -1
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        self.init(count: texts.count, bytes: bytes)
    }

    /// The texts of a file: one a line, whatever ends it. An empty line is an empty text, so that the number of an
    /// item is that of its line.
    ///
    /// - Parameter path: stands in the error.
    public static func lines(of data: Data, path: String) throws(InputError) -> [String] {
        var bytes = [UInt8](data)
        // A byte order mark belongs to the file, not to its first text.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard !lines.isEmpty else { throw .malformed(path: path, line: 1, reason: "it holds no text") }
        var texts: [String] = []
        for (index, line) in lines.enumerated() {
            let kept = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let text = String(validating: kept, as: UTF8.self) else {
                throw .malformed(path: path, line: index + 1, reason: "it is not UTF-8 text")
            }
            texts.append(text)
        }
        return texts
    }
}
