import Foundation
import SwiftProtobuf

/// Messages and enumerations by name: what the schema's descriptors and our own descriptions are both brought to.
struct Schema: Equatable {
    struct Field: Equatable {
        enum Kind: Equatable {
            case uint64, uint32, bool, double, string, bytes
            case enumeration(String)
            case message(String)
        }

        var number: Int
        var name: String
        var kind: Kind
        var isRepeated = false
    }

    /// The fields of every message, in the order of their numbers.
    var messages: [String: [Field]] = [:]
    /// The names of every enumeration's values by number, without prefix and in lower case; without the zero value.
    var enumerations: [String: [UInt32: String]] = [:]
    /// The numbers in the `payload` of `Event`.
    var payloadNumbers: [Int] = []

    /// The schema as protoc compiled it.
    static let compiled = try! Schema(
        Google_Protobuf_FileDescriptorSet(
            serializedBytes: Data(
                contentsOf: Bundle.module.url(forResource: "weir.v1", withExtension: "descriptors")!)))

    /// What the values of an enumeration begin with, such as `TASK_PHASE_`.
    static func prefix(_ enumeration: String) -> String {
        enumeration.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined().dropFirst() + "_"
    }

    init() {}

    /// Throws when the schema uses something that our codec does not know.
    init(_ files: Google_Protobuf_FileDescriptorSet) throws {
        // The items of exports are written by the log's own codec, which `ExportOracleTests` compares.
        for file in files.file where file.name != "weir/v1/log.proto" {
            for message in file.messageType {
                guard message.nestedType.isEmpty, message.enumType.isEmpty, message.extensionRange.isEmpty
                else {
                    throw Unsupported(what: "a type inside \(message.name)")
                }
                messages[message.name] = try message.field.map(Field.init).sorted { $0.number < $1.number }
                if message.name == "Event" {
                    payloadNumbers = message.field.filter(\.hasOneofIndex).map { Int($0.number) }.sorted()
                } else if !message.oneofDecl.isEmpty {
                    throw Unsupported(what: "a oneof in \(message.name)")
                }
            }
            for enumeration in file.enumType {
                let prefix = Self.prefix(enumeration.name)
                guard enumeration.value.first?.name == prefix + "UNSPECIFIED",
                    enumeration.value.first?.number == 0,
                    enumeration.value.allSatisfy({ $0.name.hasPrefix(prefix) && $0.number >= 0 })
                else { throw Unsupported(what: "the value names of \(enumeration.name)") }
                enumerations[enumeration.name] = Dictionary(
                    uniqueKeysWithValues: enumeration.value.dropFirst().map {
                        (UInt32($0.number), String($0.name.dropFirst(prefix.count)).lowercased())
                    })
            }
        }
    }

    struct Unsupported: Error {
        var what: String
    }
}

extension Schema.Field {
    init(_ field: Google_Protobuf_FieldDescriptorProto) throws {
        let type = String(field.typeName.split(separator: ".").last ?? "")
        let kind: Kind =
            switch field.type {
            case .uint64: .uint64
            case .uint32: .uint32
            case .bool: .bool
            case .double: .double
            case .string: .string
            case .bytes: .bytes
            case .enum: .enumeration(type)
            case .message: .message(type)
            default: throw Schema.Unsupported(what: "the type of field \(field.name)")
            }
        guard !field.proto3Optional else {
            throw Schema.Unsupported(what: "optional before field \(field.name)")
        }
        self.init(
            number: Int(field.number), name: field.name, kind: kind, isRepeated: field.label == .repeated)
    }

    /// The wire type of one value (Protocol Buffers encoding specification, "Message Structure").
    var wireType: UInt64 {
        switch kind {
        case .uint64, .uint32, .bool, .enumeration: 0
        case .double: 1
        case .string, .bytes, .message: 2
        }
    }
}
