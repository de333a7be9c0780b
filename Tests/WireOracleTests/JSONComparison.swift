import Foundation

@testable import Pool

/// Compares the JSON that we write with the JSON that swift-protobuf writes of the same message (with the schema's
/// names): the same keys and the same values, down to the leaves. Returns what differs, by path.
///
/// The forms differ in what the formats mean to say: ours writes absent and zero fields too, enumerations without
/// prefix, bytes as text or hexadecimal instead of base 64, and null for numbers that JSON does not have.
struct JSONComparison {
    let schema: Schema
    private var differences: [String] = []

    static func differences(ours: String, theirs: Data, message: String, schema: Schema) throws -> [String] {
        var comparison = JSONComparison(schema: schema)
        comparison.object(
            try JSONSerialization.jsonObject(with: Data(ours.utf8)),
            try JSONSerialization.jsonObject(with: theirs), message, "")
        return comparison.differences
    }

    private init(schema: Schema) { self.schema = schema }

    private mutating func object(_ ours: Any, _ theirs: Any, _ message: String, _ path: String) {
        guard let ours = ours as? [String: Any], let theirs = theirs as? [String: Any] else {
            return differences.append("\(path): not both objects")
        }
        let fields = schema.messages[message]!
        if Set(ours.keys) != Set(fields.map(\.name)) {
            differences.append("\(path): keys \(ours.keys.sorted())")
        }
        for field in fields {
            guard let our = ours[field.name] else { continue }
            let path = "\(path)/\(field.name)"
            let their = theirs[field.name]
            guard field.isRepeated else {
                value(our, their, field, path)
                continue
            }
            let (all, theirAll) = (our as? [Any] ?? [our], their as? [Any] ?? [])
            if all.count != theirAll.count { differences.append("\(path): \(all.count) elements") }
            for (one, theirOne) in zip(all, theirAll) { value(one, theirOne, field, path) }
        }
    }

    private mutating func value(_ our: Any, _ their: Any?, _ field: Schema.Field, _ path: String) {
        let same: Bool
        switch field.kind {
        case .uint64, .uint32, .bool:
            same = our as? NSNumber == their as? NSNumber ?? 0 || (their == nil && our is NSNull)
        case .double:
            same = their is String ? our is NSNull : our as? Double == their as? Double ?? 0
        case .string:
            same = (our as? String).map { Array($0.utf8) } == Array((their as? String ?? "").utf8)
        case .enumeration(let name):
            same =
                their == nil
                ? our is NSNull
                : (our as? String).map { Schema.prefix(name) + $0.uppercased() } == their as? String
        case .bytes:
            same = bytes(our, their)
        case .message(let name):
            if let their { return object(our, their, name, path) }
            same = our is NSNull
        }
        if !same { differences.append("\(path): \(our), not \(their ?? "absent")") }
    }

    private func bytes(_ our: Any, _ their: Any?) -> Bool {
        guard let their = their as? String else { return our is NSNull || our as? String == "" }
        guard let data = Data(base64Encoded: their), let our = our as? String else { return false }
        let hexadecimal = data.map { String(format: "%02x", $0) }.joined()
        return our == hexadecimal || our == "hex:" + hexadecimal || Array(our.utf8) == Array(data)
    }
}
