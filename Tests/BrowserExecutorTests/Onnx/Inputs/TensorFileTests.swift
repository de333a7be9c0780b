import Foundation
import OnnxFixture
import Testing

@testable import BrowserExecutor

@Suite("Inputs in a file") struct TensorFileTests {
    /// x0 + x1 = y, all of two float32.
    private func model(in folder: TemporaryFolder) throws -> OnnxModel {
        try OnnxFixture.write(
            "Add", inputs: [([2], [1, 2]), ([2], [3, 4])], output: ([2], [4, 6]), to: folder.path)
        return try OnnxModel(path: folder.path)
    }

    @Test("of JSON are the model's by name, nested or in one row, with the expected output beside them")
    func json() throws {
        let folder = try TemporaryFolder()
        let model = try model(in: folder)
        let file = try folder.write(
            #"{"x0": [1, 2], "x1": {"data": [3, 4], "dims": [2]}, "y": [4, 6]}"#, to: "case.json")
        let set = try model.dataSet(at: file, expected: nil)
        #expect(set == DataSet(name: "case.json", inputs: set.inputs, expected: set.expected))
        #expect(set.inputs.map(\.name) == ["x0", "x1"])
        #expect(set.inputs.map(\.values) == [[1, 2], [3, 4]])
        #expect(set.expected?.map(\.values) == [[4, 6]])
    }

    @Test("of NumPy are the model's by name; what is expected may stand in a file of its own")
    func npz() throws {
        let folder = try TemporaryFolder()
        let model = try model(in: folder)
        let alone = try model.dataSet(at: NumpyFixtures.folder + "/pair.npz", expected: nil)
        #expect(alone.inputs.map(\.values) == [[1, 2], [3, 4]])
        #expect(alone.expected == nil)
        let both = try model.dataSet(at: NumpyFixtures.folder + "/pair_and_output.npz", expected: nil)
        #expect(both.expected?.map(\.values) == [[4, 6]])
        let apart = try folder.write(#"{"y": [7, 8]}"#, to: "right.json")
        let set = try model.dataSet(at: NumpyFixtures.folder + "/pair_and_output.npz", expected: apart)
        #expect(set.expected?.map(\.values) == [[7, 8]])
    }

    @Test("of one array are for a model with one input")
    func npy() throws {
        let folder = try TemporaryFolder()
        try OnnxFixture.write(
            "Relu", inputs: [([2, 2], [1, 2, 3, 4])], output: ([2, 2], []), to: folder.path)
        let relu = try OnnxModel(path: folder.path)
        let set = try relu.dataSet(at: NumpyFixtures.folder + "/float32.npy", expected: nil)
        #expect(set.inputs.map(\.name) == ["x0"])
        #expect(set.inputs[0].values[..<3] == [1.5, -2, 3])
        let other = try TemporaryFolder()
        let add = try model(in: other)
        #expect {
            try add.dataSet(at: NumpyFixtures.folder + "/float32.npy", expected: nil)
        } throws: { "\($0)".contains("2 there: x0, x1; use an .npz or .json file") }
    }

    static let refused: [(json: String, said: String)] = [
        (#"{"x0": [1, 2]}"#, #""x1" is missing; the model has x0, x1"#),
        (#"{"x0": [1, 2], "x1": [3, 4], "z": [1]}"#, #"the model has no "z"; it has x0, x1, y"#),
        (#"{"x0": [1, 2, 3], "x1": [3, 4]}"#, #""x0" has the dimensions [3]; the model has [2] there"#),
        (#"{"x0": [[1], [2, 3]], "x1": [3, 4]}"#, "[1] has 2 elements, others beside it have 1"),
        (#"{"x0": [1, [2]], "x1": [3, 4]}"#, "[1] is an array, but a value stands beside it"),
        (#"{"x0": [[1], 2], "x1": [3, 4]}"#, "[1] is 2, but an array stands beside it"),
        (#"{"x0": [1, "two"], "x1": [3, 4]}"#, #"member "x0": "two" is no float32"#),
        (#"{"x0": [1, null], "x1": [3, 4]}"#, #"member "x0": null is no float32"#),
        (#"{"x0": {"data": [1, 2], "dims": [3]}, "x1": [3, 4]}"#, "[3] are not the dimensions of 2 elements"),
        (#"{"x0": {"data": [1, 2]}, "x1": [3, 4]}"#, "needs data and dims"),
        (#"{"x0": {"data": [1, 2], "dims": [2], "shape": [2]}, "x1": [3, 4]}"#, #"the member "shape""#),
        (#"{"x0": {"data": [1, 2], "dims": [2], "type": "int8"}, "x1": [3, 4]}"#, "its type is int8"),
        ("[1, 2]", "a member for each of x0, x1"), (#"{"x0": [1, 2"#, "not valid JSON"),
        ("", "not valid JSON"),
    ]

    @Test("that do not fit the model are refused, and the file, the member and what is right are named")
    func unfit() throws {
        let folder = try TemporaryFolder()
        let model = try model(in: folder)
        for (json, said) in Self.refused {
            let file = try folder.write(json, to: "case.json")
            #expect {
                try model.dataSet(at: file, expected: nil)
            } throws: { error in
                let words = "\(error)"
                return error is OnnxError && words.contains(file) && words.contains(said)
            }
        }
        let text = try folder.write("1,2", to: "case.csv")
        #expect { try model.dataSet(at: text, expected: nil) } throws: {
            "\($0)".contains(".npy, .npz and .json")
        }
        let torn = try folder.write(NumpyFixtures.bytes("pair.npz").dropLast(30), to: "torn.npz")
        #expect { try model.dataSet(at: torn, expected: nil) } throws: {
            "\($0)".contains("torn.npz is damaged")
        }
        let doubles = try folder.write(NumpyFixtures.bytes("float64.npy"), to: "x.npy")
        try OnnxFixture.write("Relu", inputs: [([2], [1, 2])], output: ([2], []), to: folder.path)
        #expect {
            try OnnxModel(path: folder.path).dataSet(at: doubles, expected: nil)
        } throws: { "\($0)".contains(#""x0" is float64; the model has float32 there"#) }
    }

    @Test("keep 64-bit integers exact, and take only whole numbers in range for integers")
    func integers() throws {
        let json = try JSONDecoder().decode(
            TensorJSON.self, from: Data("[9223372036854775807, -9223372036854775808, 9007199254740993]".utf8))
        let tensor = try json.tensor(named: "x", of: .int64)
        let expected: [Int64] = [.max, .min, 9_007_199_254_740_993]
        #expect(tensor.bytes == expected.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
        for (text, type) in [
            ("[1.5]", ElementType.int32), ("[256]", .uint8), ("[-1]", .uint64), ("[1]", .bool),
        ] {
            let value = try JSONDecoder().decode(TensorJSON.self, from: Data(text.utf8))
            #expect(throws: TensorJSON.Malformed.self) { try value.tensor(named: "x", of: type) }
        }
        let odd = try JSONDecoder().decode(TensorJSON.self, from: Data(#"["NaN", "-Infinity", 0.1]"#.utf8))
        #expect(try odd.tensor(named: "x", of: .float32).values[1] == -.infinity)
        let scalar = try JSONDecoder().decode(TensorJSON.self, from: Data("true".utf8))
        #expect(try scalar.tensor(named: "x", of: .bool).dims == [])
        let empty = try JSONDecoder().decode(TensorJSON.self, from: Data("[[], []]".utf8))
        #expect(try empty.tensor(named: "x", of: .float32).dims == [2, 0])
    }
}
