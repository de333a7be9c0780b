import Foundation

/// The files of a task as one payload: sound or images, each with the number of items that it makes.
///
/// The payload: the length of its header as little-endian uint32, the header in JSON, `{"files": [{"name", "items",
/// "offset", "bytes"}]}`, and the files' bytes. Offsets count from the header's end; both are multiples of 8, so that a
/// reader may use elements in place.
public struct PackedFiles: Sendable, Equatable {
    public private(set) var files: [File] = []
    private var body: [UInt8] = []

    /// One file.
    public struct File: Codable, Sendable, Equatable {
        /// As it was given.
        public var name: String
        public var items: Int
        public var offset: Int
        public var bytes: Int
    }

    private struct Header: Codable {
        var files: [File]
    }

    init() {}

    /// Reads the header of a payload, which says what files there are.
    ///
    /// - Returns: nil when the payload is another.
    public init?(headerOf payload: [UInt8]) {
        guard payload.count >= 4 else { return nil }
        let length = payload[0..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= payload.count - 4,
            let header = try? JSONDecoder().decode(Header.self, from: Data(payload[4..<4 + length]))
        else { return nil }
        files = header.files
    }

    /// Items of all files.
    var items: Int { files.reduce(0) { $0 + $1.items } }

    mutating func add(_ bytes: [UInt8], name: String, items: Int) {
        body += [UInt8](repeating: 0, count: -body.count & 7)
        files.append(File(name: name, items: items, offset: body.count, bytes: bytes.count))
        body += bytes
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var header = [UInt8](try encoder.encode(Header(files: files)))
        header += [UInt8](repeating: UInt8(ascii: " "), count: -(header.count + 4) & 7)
        return withUnsafeBytes(of: UInt32(header.count).littleEndian, Array.init) + header + body
    }
}
