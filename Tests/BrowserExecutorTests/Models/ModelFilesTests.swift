import Foundation
import Pool
import Testing

@testable import BrowserExecutor

@Suite("The files of a model that a task names by its path")
struct ModelFilesTests {
    @Test("of a folder of kernels are all that it takes elsewhere")
    func kernels() throws {
        let model = try KernelModel(folder: Resources.root + "/examples/edges")
        var spec = TaskSpec(model: model.folder, modelDigest: model.digest, runtime: KernelModel.runtime)
        let copy = NSTemporaryDirectory() + "weir-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        for file in try ModelCatalog.files(of: spec) {
            try FileManager.default.copyItem(atPath: file.path, toPath: copy + "/" + file.name)
        }
        spec.model = ModelCatalog.path(of: spec, in: copy)
        #expect(ModelCatalog().problem(with: spec) == nil)
        try Data("changed".utf8).write(to: URL(fileURLWithPath: copy + "/weights.bin"))
        #expect(ModelCatalog().problem(with: spec) != nil)
    }

    @Test("of an ONNX model are the one file, whatever it is called, and of a model with a name none")
    func onnx() throws {
        let spec = TaskSpec(model: "/models/net.bin", runtime: OnnxModel.runtime)
        #expect(try ModelCatalog.files(of: spec).map(\.name) == ["net.bin"])
        #expect(ModelCatalog.path(of: spec, in: "/tmp/0") == "/tmp/0/net.bin")
        #expect(try ModelCatalog.files(of: TaskSpec(model: "digits", runtime: "wgsl")).isEmpty)
    }

    @Test("a model that is not the one that was submitted is named")
    func changed() throws {
        let digits = try ModelCatalog().model(named: "digits")
        var spec = TaskSpec(model: "digits", modelDigest: digits.digest, runtime: "wgsl")
        #expect(ModelCatalog().problem(with: spec) == nil)
        spec.modelDigest = .zero
        #expect(ModelCatalog().problem(with: spec)?.contains("not the model any more") == true)
        spec.model = "nothing"
        #expect(ModelCatalog().problem(with: spec)?.contains("nothing") == true)
    }
}
