import Foundation

/// Inputs for a model, packed as its runtime takes them: little-endian float32, one input after the other.
public struct ModelInputs: Sendable, Equatable {
    public private(set) var count = 0
    public private(set) var bytes: [UInt8] = []
    /// The right answer for each input, where the file gives one; empty when it gives none.
    public private(set) var labels: [String] = []

    public init() {}

    init(count: Int, bytes: [UInt8]) {
        self.count = count
        self.bytes = bytes
    }

    /// Reads an input file.
    ///
    /// - `.csv`: one input per line, its elements as numbers separated by commas, optionally followed by a label; a
    ///   first line without any number is taken for names and skipped.
    /// - `.pgm`: one grey image (plain `P2` or raw `P5`), as large as the model's input; black is the largest value,
    ///   as ink on paper.
    ///
    /// For a model that takes text, any file: each line is a text, an empty one too.
    public init(file path: String, for model: ModelPackage) throws(InputError) {
        if model.takesText {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .unreadable(path: path)
            }
            append(try ModelInputs(texts: Self.lines(of: data, path: path), for: model))
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
        switch (path as NSString).pathExtension.lowercased() {
        case "csv": try readCSV(data, path: path, input: model.manifest.input)
        case "pgm": try readPGM(data, path: path, input: model.manifest.input)
        default: throw .unknownFormat(path: path)
        }
        guard count > 0 else { throw .malformed(path: path, line: 1, reason: "it holds no input") }
    }

    /// Adds the inputs of another file. Labels are kept only while every input has one.
    public mutating func append(_ other: ModelInputs) {
        labels = labels.count == count && other.labels.count == other.count ? labels + other.labels : []
        count += other.count
        bytes += other.bytes
    }

    private mutating func append(_ values: [Float]) {
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        count += 1
    }

    private mutating func readCSV(
        _ data: Data, path: String, input: ModelManifest.Input
    ) throws(InputError) {
        guard var text = String(data: data, encoding: .utf8) else {
            throw .malformed(path: path, line: 1, reason: "it is not UTF-8 text")
        }
        // Spreadsheets write a byte order mark, which would make the first row look like names.
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let width = input.elementCount
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if cells == [""] { continue }
            if index == 0, cells.prefix(width).allSatisfy({ Float($0) == nil }) { continue }
            guard cells.count == width || cells.count == width + 1 else {
                let reason =
                    "it has \(cells.count) cells; \(width) elements are needed, and a label may follow"
                throw .malformed(path: path, line: index + 1, reason: reason)
            }
            var values: [Float] = []
            for (column, cell) in cells.prefix(width).enumerated() {
                guard let value = Float(cell), value >= input.minimum, value <= input.maximum else {
                    let reason =
                        "cell \(column + 1) is \"\(cell)\"; a number from \(input.minimum) to \(input.maximum) is needed"
                    throw .malformed(path: path, line: index + 1, reason: reason)
                }
                values.append(value)
            }
            append(values)
            if cells.count == width + 1 { labels.append(cells[width]) }
        }
        if labels.count != count { labels = [] }
    }

    private mutating func readPGM(
        _ data: Data, path: String, input: ModelManifest.Input
    ) throws(InputError) {
        let image: GreyImage
        do {
            image = try GreyImage(pgm: [UInt8](data))
        } catch {
            throw .malformed(path: path, line: 1, reason: error.description)
        }
        guard input.shape == [1, image.height, image.width] else {
            let wanted = (input.shape ?? []).suffix(2).reversed().map(String.init).joined(separator: "×")
            throw .malformed(
                path: path, line: 1,
                reason: "the image is \(image.width)×\(image.height); the model takes \(wanted) grey pixels")
        }
        let range = input.maximum - input.minimum
        append(image.pixels.map { input.minimum + (1 - $0) * range })
    }
}

/// Why a file holds no inputs for a model.
public enum InputError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(path: String)
    case unknownFormat(path: String)
    /// Text was given to a model that takes something else.
    case takesNoText(model: String)
    /// The file's contents cannot be used.
    case unusable(path: String, reason: String)
    /// `line` counts from 1.
    case malformed(path: String, line: Int, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read"
        case .unknownFormat(let path): "\(path) has no known ending; inputs are .csv or .pgm files"
        case .takesNoText(let model): "\(model) takes no text"
        case .unusable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .malformed(let path, let line, let reason): "\(path), line \(line): \(reason)"
        }
    }
}
