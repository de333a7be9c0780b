import Foundation
import OnnxFixture
import Testing

@testable import BrowserExecutor

@Suite("An ONNX model on disk") struct OnnxModelTests {
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try OnnxFixture.write(
            "Add", inputs: [([2], [1, 2]), ([2], [3, 4])], output: ([2], [4, 6]), to: folder.path)
        return folder
    }

    @Test("is read from its file or its folder, with the data sets beside it")
    func layout() throws {
        let folder = try folder()
        let model = try OnnxModel(path: folder.path)
        #expect(try OnnxModel(path: folder.path + "/model.onnx") == model)
        #expect(model.graph.inputs.map(\.name) == ["x0", "x1"])
        #expect(model.graph.outputs.map(\.name) == ["y"])
        #expect(model.graph.operators == ["Add"])
        let sets = try model.dataSets()
        #expect(sets.map(\.name) == ["test_data_set_0"])
        #expect(sets[0].inputs.map(\.values) == [[1, 2], [3, 4]])
        #expect(sets[0].expected?.map(\.values) == [[4, 6]])
    }

    @Test("without its file, with another file in its place, or with an input missing is refused by name")
    func refused() throws {
        let folder = try folder()
        #expect(throws: OnnxError.unreadable(path: folder.path + "/other.onnx")) {
            try OnnxModel(path: folder.path + "/other.onnx")
        }
        let text = try folder.write("this is no model", to: "text.onnx")
        #expect { try OnnxModel(path: text) } throws: { "\($0)".contains("text.onnx is damaged") }
        let model = try OnnxModel(path: folder.path)
        try FileManager.default.removeItem(atPath: folder.path + "/test_data_set_0/input_1.pb")
        #expect { try model.dataSets() } throws: { "\($0)".contains("the model takes 2: x0, x1") }
    }

    @Test("has data sets that come out of a task's inputs as they went in, and not out of damaged ones")
    func dataSetFile() throws {
        let folder = try folder()
        let sets = try OnnxModel(path: folder.path).dataSets()
        let file = DataSetFile(dataSets: sets, tolerance: Tolerance(relative: 0.5, absolute: 0))
        let bytes = try file.encoded()
        #expect(try DataSetFile(encoded: bytes) == file)
        for length in stride(from: 0, to: bytes.count, by: 3) {
            #expect(throws: (any Error).self) { try DataSetFile(encoded: Array(bytes[..<length])) }
        }
    }
}

@Suite("An output") struct ToleranceTests {
    private func tensor(_ values: [Float], _ dims: [Int]? = nil) -> Tensor {
        Tensor(name: "y", type: .float32, dims: dims ?? [values.count], bytes: OnnxFixture.raw(values))
    }

    @Test("matches within the tolerance, and the largest difference is told")
    func matches() throws {
        let difference = try Tolerance().check([tensor([1.0005, .nan, 2])], against: [tensor([1, .nan, 2])])
        #expect(abs(difference - 0.0005) < 1e-6)
    }

    @Test("that differs is named with its tensor, its index and the largest difference (EXEC-5)")
    func differs() {
        #expect {
            try Tolerance().check(
                [tensor([1, 2, 3, 9], [2, 2])], against: [tensor([1, 2.5, 3, 4], [2, 2])])
        } throws: {
            "\($0)".contains(#"output "y" [1, 1] is 9.0, expected is 4.0: the largest difference, 5.0, of 2"#)
        }
    }

    @Test("that is no number where one is expected, or has another shape, type or number, does not match")
    func shapes() {
        let integers = Tensor(name: "y", type: .int32, dims: [1], bytes: [1, 0, 0, 0])
        for (output, expected) in [
            ([tensor([.nan])], [tensor([1])]), ([tensor([.infinity])], [tensor([1])]),
            ([tensor([1])], [tensor([1], [1, 1])]), ([tensor([1])], [integers]), ([], [tensor([1])]),
        ] {
            #expect(throws: OutputMismatch.self) { try Tolerance().check(output, against: expected) }
        }
    }
}
