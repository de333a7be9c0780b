import Foundation
import SwiftProtobuf

/// Collects what swift-protobuf did not know in a message and everything inside it: fields and enumeration values.
struct UnknownFields: SwiftProtobuf.Visitor {
    private(set) var found: [String] = []

    static func of(_ message: some SwiftProtobuf.Message) throws -> [String] {
        var visitor = UnknownFields()
        try message.traverse(visitor: &visitor)
        return visitor.found
    }

    mutating func visitUnknown(bytes: Data) { found.append("fields \(Array(bytes))") }

    mutating func visitSingularMessageField<M: SwiftProtobuf.Message>(value: M, fieldNumber: Int) throws {
        try value.traverse(visitor: &self)
    }

    mutating func visitSingularEnumField<E: SwiftProtobuf.Enum>(value: E, fieldNumber: Int) {
        if E(rawValue: value.rawValue).map({ "\($0)".hasPrefix("UNRECOGNIZED") }) ?? true {
            found.append("value \(value.rawValue) of field \(fieldNumber)")
        }
    }

    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) {}
    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) {}
    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) {}
    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) {}
    mutating func visitSingularStringField(value: String, fieldNumber: Int) {}
    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) {}

    mutating func visitMapField<KeyType, ValueType: MapValueType>(
        fieldType: _ProtobufMap<KeyType, ValueType>.Type,
        value: _ProtobufMap<KeyType, ValueType>.BaseType, fieldNumber: Int
    ) {}

    mutating func visitMapField<KeyType, ValueType>(
        fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type,
        value: _ProtobufEnumMap<KeyType, ValueType>.BaseType, fieldNumber: Int
    ) where ValueType.RawValue == Int {}

    mutating func visitMapField<KeyType, ValueType>(
        fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type,
        value: _ProtobufMessageMap<KeyType, ValueType>.BaseType, fieldNumber: Int
    ) where ValueType: SwiftProtobuf.Message & Hashable {}
}
