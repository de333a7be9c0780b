/// The elements of a JSON array as the texts that they are, without decoding them: results are many, and most go out
/// as they came in.
enum JSONArrayElements {
    /// Nil when the bytes are no array. The elements themselves are not checked.
    static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        guard bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") else { return nil }
        var elements: [ArraySlice<UInt8>] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        var start = 1
        for index in 1..<bytes.count - 1 {
            let byte = bytes[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                elements.append(bytes[start..<index])
                start = index + 1
            default: break
            }
        }
        if start < bytes.count - 1 { elements.append(bytes[start..<bytes.count - 1]) }
        return elements
    }
}
