import FoundationEssentials
import Glibc

/// Splits the bytes of an export into its items, whatever format it is in.
struct ExportSource {
    private let path: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var isText = false

    /// What is longer is no item.
    private static let itemBytesLimit = 3 << 30
    private static let chunkBytes = 1 << 20

    /// Reads from an open file descriptor, which stays the caller's.
    init(_ file: Int32, path: String) throws(EventLogError) {
        self.file = file
        self.path = path
        try fill()
        // A header's length is no brace: it is above 40 and below 200.
        isText =
            buffer.first == UInt8(ascii: "{")
            && buffer.count > 1 && [UInt8(ascii: "\""), UInt8(ascii: " ")].contains(buffer[1])
    }

    /// The next item as a message; nil at the end.
    mutating func next() throws(EventLogError) -> ArraySlice<UInt8>? {
        isText ? try nextLine() : try nextMessage()
    }

    private mutating func nextMessage() throws(EventLogError) -> ArraySlice<UInt8>? {
        var count = 0
        var shift = 0
        while true {
            if start == buffer.count, try !fill() {
                guard shift == 0 else { throw failure("it ends within a length") }
                return nil
            }
            let byte = buffer[start]
            start += 1
            count |= Int(byte & 0x7f) << shift
            if byte < 0x80 { break }
            shift += 7
            guard shift <= 35 else { throw failure("it is neither an export nor JSON lines of one") }
        }
        guard count <= Self.itemBytesLimit else { throw failure("it has an item of \(count) bytes") }
        while buffer.count - start < count {
            guard try fill() else { throw failure("it ends within an item") }
        }
        defer { start += count }
        return buffer[start..<(start + count)]
    }

    /// The raw item in a JSON object: `raw` of JSON lines, `weiritem` of a CloudEvent.
    private struct Line: Decodable {
        var raw: Data?
        var weiritem: Data?
    }

    private mutating func nextLine() throws(EventLogError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = newline + 1 }
                guard newline > start else {
                    searched = newline + 1
                    start = newline + 1
                    continue
                }
                return try item(in: buffer[start..<newline])
            }
            searched = buffer.count
            let former = start
            guard try fill() else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return try item(in: buffer[start...])
            }
            searched -= former - start
        }
    }

    private func item(in line: ArraySlice<UInt8>) throws(EventLogError) -> ArraySlice<UInt8> {
        do {
            let line = try JSONDecoder().decode(Line.self, from: Data(line))
            guard let raw = line.raw ?? line.weiritem else {
                throw failure("a line has neither \"raw\" nor \"weiritem\"")
            }
            return ArraySlice(raw)
        } catch let error as EventLogError {
            throw error
        } catch {
            throw failure("a line is not a JSON object with a raw item: \(error)")
        }
    }

    /// Reads on; false at the end of the file.
    @discardableResult
    private mutating func fill() throws(EventLogError) -> Bool {
        guard !isAtEnd else { return false }
        buffer.removeFirst(start)
        start = 0
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        var count: Int
        repeat { count = read(file, &chunk, chunk.count) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw EventLogError.system(operation: "read", path: path, errno: errno) }
        isAtEnd = count == 0
        buffer.append(contentsOf: chunk.prefix(count))
        return count > 0
    }

    private func failure(_ problem: String) -> EventLogError {
        .damagedExport(path: path, record: nil, problem: problem)
    }
}
