import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

@Suite("Folders of kernels that were read before") struct KernelModelCacheTests {
    private func spec(_ model: KernelModel) -> TaskSpec {
        TaskSpec(
            family: model.family, model: model.folder, modelDigest: model.digest,
            runtime: KernelModel.runtime,
            itemsTotal: 1, inputs: Payload.storing([]).payload, inputsCount: 1, batchItems: 1,
            backends: [.webgpu])
    }

    @Test(
        "are the model that was submitted, and refused once a file of it has changed, whatever was read before"
    )
    func changed() throws {
        let folder = try KernelFolder()
        let cache = KernelModelCache(settlingTime: -1)
        let model = try KernelModel(folder: folder.path)
        for _ in 0..<3 {
            let read = try cache.model(of: spec(model))
            #expect(read == model)
            #expect(cache.count == 1)
        }
        let file = folder.path + "/" + (try #require(model.manifest.files.map(\.file).sorted().first))
        let before = try #require(FileStamp(path: file))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(FileStamp(path: file) != before)
        let refusal = #expect(throws: RunRefusal.self) { try cache.model(of: spec(model)) }
        #expect(refusal?.failure == .modelMissing)
    }

    @Test("are not kept while a file has been written just now, and a further write could go unseen")
    func fresh() throws {
        let folder = try KernelFolder()
        let cache = KernelModelCache()
        let model = try KernelModel(folder: folder.path)
        let read = try cache.model(of: spec(model))
        #expect(read == model)
        #expect(cache.count == 0)
    }

    @Test(
        "by a stamp that a write of the same length in place changes, though the time of writing is set back")
    func stamp() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("abcd", to: "file")
        let before = try #require(FileStamp(path: path))
        let written = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        Thread.sleep(forTimeInterval: 0.02)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.write(contentsOf: Data("abce".utf8))
        try handle.close()
        try FileManager.default.setAttributes(
            [.modificationDate: try #require(written)], ofItemAtPath: path)
        #expect(FileStamp(path: path) != before)
        #expect(before.age >= 0 && before.age < 60)
        #expect(FileStamp(path: path + "-missing") == nil)
    }
}
