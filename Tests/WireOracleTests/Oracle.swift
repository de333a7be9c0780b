import Foundation
import SwiftProtobuf
import Testing

@testable import Pool

/// What swift-protobuf makes of bytes of ours: it must know all of them and write the same.
func oracle<Theirs: SwiftProtobuf.Message>(
    _ bytes: [UInt8], as type: Theirs.Type, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Theirs {
    let theirs = try Theirs(serializedBytes: bytes)
    let unknown = try UnknownFields.of(theirs)
    #expect(unknown.isEmpty, comment, sourceLocation: sourceLocation)
    #expect(try theirs.serializedBytes() == bytes, comment, sourceLocation: sourceLocation)
    return theirs
}

extension SwiftProtobuf.Message {
    /// JSON with the schema's field names and numbers as numbers.
    func schemaJSON() throws -> Data {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.alwaysPrintInt64sAsNumbers = true
        return try jsonUTF8Bytes(options: options)
    }
}

extension WireMessage {
    var bytes: [UInt8] { encoded() }
}
