/// Reads an array as `numpy.save` writes it (NEP 1; numpy.lib.format, versions 1.0 to 3.0).
///
/// The file: the bytes `93 NUMPY`, the version's two numbers, the length of the header, the header as the text of a
/// Python dictionary with `descr`, `fortran_order` and `shape`, and the elements.
enum NumpyArray {
    struct Malformed: Error, Equatable, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    /// - Throws: `Malformed` for a file that is damaged or holds what no tensor can, such as Python objects.
    static func tensor(named name: String, _ file: [UInt8]) throws(Malformed) -> Tensor {
        guard file.starts(with: [0x93] + Array("NUMPY".utf8)), file.count >= 10 else {
            throw Malformed(reason: "it does not begin as an array of NumPy does")
        }
        let lengthBytes = file[6] == 1 ? 2 : 4
        guard (1...3).contains(file[6]), file.count >= 8 + lengthBytes else {
            throw Malformed(reason: "it is of version \(file[6]) of the format; known are 1 to 3")
        }
        let length = file[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthBytes
        guard length <= file.count - start else { throw Malformed(reason: "its header is cut off") }
        let header = try Header(String(decoding: file[start..<start + length], as: UTF8.self))
        let layout = try Layout(header.type)
        guard let count = Tensor.elementCount(header.shape, of: layout.type) else {
            throw Malformed(reason: "its shape \(header.shape) is that of no tensor")
        }
        let data = file[(start + length)...]
        guard data.count / max(1, layout.size) == count, data.count == count * layout.size else {
            throw Malformed(
                reason: "its shape \(header.shape) needs \(count) elements of \(layout.size) bytes; "
                    + "\(data.count) bytes are there")
        }
        let order = header.isFortranOrder ? FirstFastest(header.shape) : nil
        func element(_ position: Int) -> ArraySlice<UInt8> {
            data.dropFirst((order?.position(of: position) ?? position) * layout.size).prefix(layout.size)
        }
        if layout.type == .string {
            var strings: [String] = []
            for position in 0..<count { strings.append(try layout.string(element(position))) }
            return Tensor(name: name, dims: header.shape, strings: strings)
        }
        // Most files lie as a tensor does.
        var bytes = Array(data)
        if order != nil || layout.isBigEndian {
            bytes.removeAll(keepingCapacity: true)
            for position in 0..<count {
                let element = element(position)
                if layout.isBigEndian { bytes += element.reversed() } else { bytes += element }
            }
        }
        if layout.type == .bool, bytes.contains(where: { $0 > 1 }) {
            throw Malformed(reason: "it has a truth value that is neither 0 nor 1")
        }
        return Tensor(name: name, type: layout.type, dims: header.shape, bytes: bytes)
    }

    /// The order of a file whose first dimension varies fastest.
    private struct FirstFastest {
        private let shape: [Int]
        private let strides: [Int]

        init(_ shape: [Int]) {
            self.shape = shape
            strides = shape.indices.map { shape[..<$0].reduce(1, *) }
        }

        /// Where the file has the element that is at a position of a tensor.
        func position(of position: Int) -> Int {
            var rest = position
            var found = 0
            for (size, stride) in zip(shape, strides).reversed() {
                found += rest % size * stride
                rest /= size
            }
            return found
        }
    }

    /// What a type such as `<f4` says of the elements.
    private struct Layout {
        var type: ElementType
        /// Bytes of an element in the file.
        var size: Int
        var isBigEndian: Bool
        /// Whether strings are bytes and not UCS-4.
        var isBytes = false

        init(_ descr: String) throws(Malformed) {
            let order = descr.first ?? " "
            let kind = String(descr.dropFirst().prefix(1))
            guard "<>|=".contains(order), let number = Int(descr.dropFirst(2)), (0...1 << 20).contains(number)
            else { throw Malformed(reason: Layout.refusal(descr)) }
            isBigEndian = order == ">"
            switch kind {
            case "U": (type, size) = (.string, number * 4)
            case "S": (type, size, isBytes) = (.string, number, true)
            default:
                let types: [String: ElementType] = [
                    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
                    "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
                ]
                guard let known = types[String(descr.dropFirst())] else {
                    throw Malformed(reason: Layout.refusal(descr))
                }
                (type, size) = (known, number)
            }
        }

        private static func refusal(_ descr: String) -> String {
            "its elements are of the type \(descr), which is not taken; "
                + "taken are booleans, integers, floats of 2 to 8 bytes, and strings (no objects, no records)"
        }

        /// A string of the file, without the zeros that fill it up.
        func string(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
            let malformed = Malformed(reason: "it has a string that is no text")
            if isBytes {
                let kept = bytes.reversed().drop { $0 == 0 }.reversed()
                guard let text = String(validating: kept, as: UTF8.self) else { throw malformed }
                return text
            }
            var scalars: [UInt32] = []
            for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
                let unit = bytes[start..<start + 4]
                let ordered = isBigEndian ? Array(unit) : unit.reversed()
                scalars.append(ordered.reduce(0) { $0 << 8 | UInt32($1) })
            }
            while scalars.last == 0 { scalars.removeLast() }
            var text = String.UnicodeScalarView()
            for value in scalars {
                guard let scalar = Unicode.Scalar(value) else { throw malformed }
                text.append(scalar)
            }
            return String(text)
        }
    }

    /// The header's dictionary. Only what `numpy.save` writes is read, not Python.
    private struct Header {
        var type = ""
        var isFortranOrder = false
        var shape: [Int] = []

        init(_ text: String) throws(Malformed) {
            func value(_ key: String) throws(Malformed) -> Substring {
                guard let found = text.firstRange(of: "'\(key)':") else {
                    throw Malformed(reason: "its header has no '\(key)'")
                }
                return text[found.upperBound...].drop { $0 == " " }
            }
            let descr = try value("descr")
            guard descr.first == "'", let end = descr.dropFirst().firstIndex(of: "'") else {
                throw Malformed(reason: "its elements are records, which no tensor has")
            }
            type = String(descr.dropFirst()[..<end])
            let order = try value("fortran_order")
            guard order.hasPrefix("True") || order.hasPrefix("False") else {
                throw Malformed(reason: "'fortran_order' in its header is neither True nor False")
            }
            isFortranOrder = order.hasPrefix("True")
            let sizes = try value("shape")
            guard sizes.first == "(", let close = sizes.firstIndex(of: ")") else {
                throw Malformed(reason: "'shape' in its header is no tuple")
            }
            for part in sizes.dropFirst()[..<close].split(separator: ",") {
                let digits = part.filter { $0 != " " }
                if digits.isEmpty { continue }
                guard let size = Int(digits), size >= 0 else {
                    throw Malformed(
                        reason: "\"\(digits.prefix(20))\" in the 'shape' of its header is no size")
                }
                shape.append(size)
            }
        }
    }
}
