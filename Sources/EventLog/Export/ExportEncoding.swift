import Glibc

/// Writes items in one of the formats.
struct ExportEncoding {
    let format: ExportFormat
    let logID: LogID

    /// The bytes of an item, its delimiter included.
    ///
    /// - Parameters:
    ///   - raw: the item as a message.
    ///   - timeNanoseconds: when the item's commit began.
    func encode(
        _ item: ExportItem, raw: [UInt8], timeNanoseconds: UInt64, _ description: RecordDescription?
    ) -> [UInt8] {
        switch format {
        case .protobuf:
            var writer = ProtobufWriter()
            writer.varint(UInt64(raw.count))
            return writer.bytes + raw
        case .jsonl:
            let members =
                readable(item, description) + [("raw", JSONText.quoted(JSONText.base64(raw)))]
            return Array((JSONText.object(members) + "\n").utf8)
        case .cloudevents:
            return Array(
                (JSONText.object(cloudEvent(item, raw, timeNanoseconds, description)) + "\n").utf8)
        }
    }

    private func readable(
        _ item: ExportItem, _ description: RecordDescription?
    ) -> [(String, String)] {
        switch item {
        case .header(let header):
            return [
                ("item", JSONText.quoted("log")), ("format", "\(header.metadata.format)"),
                ("log_id", JSONText.quoted(header.metadata.logID.description)),
                ("created_ns", "\(header.metadata.createdNanoseconds)"),
                ("base", "\(header.origin?.base.position ?? 0)"),
            ]
        case .record(let record):
            var members = [
                ("item", JSONText.quoted("record")), ("sequence", "\(record.sequence)"),
                ("begins_step", "\(record.beginsStep)"), ("type", "\(record.type)"),
                (
                    "streams",
                    "[" + record.streams.map { JSONText.quoted($0.description) }.joined(separator: ",") + "]"
                ),
            ]
            if let description {
                members.append(("name", JSONText.quoted(description.type)))
                members.append(("event", description.json))
            }
            return members
        case .commit(let commit):
            return [
                ("item", JSONText.quoted("commit")), ("number", "\(commit.number)"),
                ("first", "\(commit.first)"), ("last", "\(commit.last)"),
                ("time_ns", "\(commit.timeNanoseconds)"),
                ("chain", JSONText.quoted(Hexadecimal.text(of: commit.chain))),
            ]
        case .blob(let content):
            return [
                ("item", JSONText.quoted("blob")),
                ("digest", JSONText.quoted(BlobDigest(of: content).description)),
                ("bytes", "\(content.count)"),
            ]
        case .snapshot(let fold, _):
            return [("item", JSONText.quoted("snapshot")), ("fold", JSONText.quoted(fold))]
        case .end(let end):
            return [
                ("item", JSONText.quoted("end")), ("records", "\(end.records)"),
                ("commits", "\(end.commits)"),
                ("chain", JSONText.quoted(Hexadecimal.text(of: end.chain))),
            ]
        }
    }

    /// The attributes that CloudEvents 1.0 asks for, and what else is known.
    private func cloudEvent(
        _ item: ExportItem, _ raw: [UInt8], _ timeNanoseconds: UInt64, _ description: RecordDescription?
    ) -> [(String, String)] {
        let (id, type): (String, String) =
            switch item {
            case .header: ("log", "log.header")
            case .record(let record): ("\(record.sequence)", description?.type ?? "log.record")
            case .commit(let commit): ("commit-\(commit.number)", "log.commit")
            case .blob(let content): ("blob-\(BlobDigest(of: content))", "log.blob")
            case .snapshot(let fold, let stored):
                ("snapshot-\(fold)-\(BlobDigest(of: stored))", "log.snapshot")
            case .end: ("end", "log.end")
            }
        var members = [
            ("specversion", JSONText.quoted("1.0")), ("id", JSONText.quoted(id)),
            ("source", JSONText.quoted("urn:weir:log:\(logID)")),
            ("type", JSONText.quoted("weir.v1.\(type)")),
            ("time", JSONText.quoted(Self.timestamp(timeNanoseconds))),
        ]
        if case .record(let record) = item {
            members.append(("sequence", JSONText.quoted("\(record.sequence)")))
        }
        members.append(("weiritem", JSONText.quoted(JSONText.base64(raw))))
        members.append(("datacontenttype", JSONText.quoted("application/json")))
        members.append(("data", description?.json ?? JSONText.object(readable(item, nil))))
        return members
    }

    /// A time in RFC 3339, UTC, with nanoseconds.
    private static func timestamp(_ nanoseconds: UInt64) -> String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        let date =
            "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
        let time =
            "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
        return "\(date)T\(time).\(digits(Int(nanoseconds % 1_000_000_000), 9))Z"
    }
}

/// JSON text as exports need it.
enum JSONText {
    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1f}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Base64 of RFC 4648, with padding.
    static func base64(_ bytes: [UInt8]) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            var word: UInt32 = 0
            for offset in 0..<3 {
                word = word << 8 | (start + offset < bytes.count ? UInt32(bytes[start + offset]) : 0)
            }
            for place in 0..<4 {
                let isPadding = start + place > bytes.count
                let value = Int(word >> (18 - 6 * UInt32(place)) & 63)
                characters.append(isPadding ? UInt8(ascii: "=") : alphabet[value])
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
