import Foundation

/// What a safetensors file says of its tensors (Hugging Face, "Safetensors", section Format). The in-page runtime
/// checks shapes and offsets when it reads the file.
struct SafetensorsHeader {
    /// Name of the element type, by tensor.
    private(set) var types: [String: String] = [:]
    /// Where the tensors lie, by name: those whose entries are whole.
    private(set) var places: [String: Place] = [:]

    struct Place: Sendable, Equatable {
        var shape: [Int]
        /// In the file.
        var bytes: Range<Int>
    }

    /// Longest header that is read, in bytes.
    private static let limit = 1 << 20

    init(file path: String) throws(ModelImportError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .missing(path: path) }
        defer { try? file.close() }
        guard let prefix = try? file.read(upToCount: 8), prefix.count == 8 else {
            throw .unsupported(path: path, reason: "it is shorter than a header")
        }
        let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.limit, let data = try? file.read(upToCount: Int(length)),
            data.count == Int(length),
            let header = try? JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
        else { throw .unsupported(path: path, reason: "it does not begin with a safetensors header") }
        let start = 8 + Int(length)
        for (name, entry) in header {
            types[name] = entry["dtype"] as? String
            guard let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
                offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
                offsets[1] <= Int.max - start
            else { continue }
            places[name] = Place(shape: shape, bytes: start + offsets[0]..<start + offsets[1])
        }
    }
}
