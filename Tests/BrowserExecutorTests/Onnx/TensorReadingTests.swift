import OnnxFixture
import Testing

@testable import BrowserExecutor

@Suite("A tensor in a file of ONNX") struct TensorReadingTests {
    private let sound = OnnxFixture.tensor("x", [2, 2], [1, -2, 0.5, 4])

    @Test("is read with its name, type, dimensions and elements")
    func raw() throws {
        let tensor = try Tensor(onnx: sound[...])
        #expect(tensor.name == "x")
        #expect(tensor.type == .float32)
        #expect(tensor.dims == [2, 2])
        #expect(tensor.values == [1, -2, 0.5, 4])
        #expect(tensor.index(ofElement: 2) == [1, 0])
    }

    static let typed: [(type: UInt64, field: UInt64, packed: [UInt8], values: [Double])] = [
        (1, 4, OnnxFixture.raw([1, 2]), [1, 2]),
        (11, 10, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0], [1, -2]),
        (6, 5, [7] + OnnxFixture.varint(UInt64(bitPattern: -3)), [7, -3]),
        (7, 7, OnnxFixture.varint(UInt64(bitPattern: -1)) + [9], [-1, 9]),
        (3, 5, OnnxFixture.varint(UInt64(bitPattern: -5)) + [5], [-5, 5]),
        (2, 5, OnnxFixture.varint(255) + [0], [255, 0]),
        (9, 5, [1, 0], [1, 0]),
        (10, 5, OnnxFixture.varint(0x3c00) + OnnxFixture.varint(0xc000), [1, -2]),
        (13, 11, [3, 4], [3, 4]),
    ]

    @Test("may hold its data in the field of its type", arguments: typed)
    func typedData(_ type: UInt64, _ field: UInt64, _ packed: [UInt8], _ values: [Double]) throws {
        let message =
            OnnxFixture.bytes(1, [2]) + OnnxFixture.number(2, type) + OnnxFixture.bytes(field, packed)
        #expect(try Tensor(onnx: message[...]).values == values)
    }

    @Test("may hold strings, as many as its dimensions say, and they must be text")
    func strings() throws {
        func message(_ strings: [[UInt8]]) -> [UInt8] {
            OnnxFixture.bytes(1, [2]) + OnnxFixture.number(2, 8)
                + strings.flatMap { OnnxFixture.bytes(6, $0) }
        }
        let tensor = try Tensor(onnx: message([Array("zwölf".utf8), []])[...])
        #expect(tensor.strings == ["zwölf", ""])
        #expect(tensor.elementCount == 2)
        #expect(throws: ProtobufReader.Malformed.self) { try Tensor(onnx: message([[0x61]])[...]) }
        #expect(throws: ProtobufReader.Malformed.self) { try Tensor(onnx: message([[0xff], []])[...]) }
        let other = try Tensor(onnx: message([Array("zwölf".utf8), [0x61]])[...])
        #expect {
            try Tolerance().check([other], against: [tensor])
        } throws: { "\($0)".contains(#"[1] is "a", expected is """#) }
    }

    @Test("of an unknown type or with its data elsewhere is refused as not supported")
    func unsupported() {
        let external = OnnxFixture.number(2, 1) + OnnxFixture.number(14, 1)
        for message in [OnnxFixture.number(2, 16), OnnxFixture.number(2, 99), external] {
            #expect(throws: UnsupportedTensor.self) { try Tensor(onnx: message[...]) }
        }
    }

    @Test("with too few or too many bytes, negative or enormous dimensions is refused")
    func wrongSize() {
        let float = OnnxFixture.number(2, 1)
        for message in [
            OnnxFixture.tensor("x", [3], [1, 2]), OnnxFixture.tensor("x", [1], [1, 2]),
            OnnxFixture.number(1, UInt64(bitPattern: -1)) + float,
            OnnxFixture.number(1, 1 << 40) + OnnxFixture.number(1, 1 << 40) + float,
            OnnxFixture.number(1, 1) + OnnxFixture.number(2, 9) + OnnxFixture.bytes(9, [2]),
        ] {
            #expect(throws: ProtobufReader.Malformed.self) { try Tensor(onnx: message[...]) }
        }
    }

    @Test("that is cut off anywhere is never read as the whole one")
    func truncated() throws {
        let whole = try Tensor(onnx: sound[...])
        for length in 0..<sound.count {
            let cut = try? Tensor(onnx: sound[..<length])
            #expect(cut != whole, "\(length) bytes")
        }
    }

    @Test("with any byte changed gives a tensor or a typed error, and never ends the program")
    func damaged() throws {
        for index in sound.indices {
            for byte: UInt8 in [0, 1, 0x7f, 0x80, 0xff, sound[index] ^ 1] {
                var bytes = sound
                bytes[index] = byte
                do {
                    let tensor = try Tensor(onnx: bytes[...])
                    #expect(tensor.elementCount == tensor.dims.reduce(1, *))
                } catch is ProtobufReader.Malformed {
                } catch is UnsupportedTensor {
                }
            }
        }
    }
}
