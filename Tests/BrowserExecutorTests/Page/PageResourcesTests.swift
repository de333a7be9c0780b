import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor
@testable import ChromePipe

@Suite("A page's resources") struct PageResourcesTests {
    private func get(_ path: String, from resources: PageResources) -> ServedResource? {
        RequestedResource(url: "https://weir.invalid" + path, method: "GET", origin: "https://weir.invalid/")
            .flatMap(resources.serve)
    }

    private var runtime: PageResources { PageResources(runtimeFolder: Resources.runtime("wgsl")) }

    @Test("are the runtime's files, each with the content type that a browser demands")
    func files() throws {
        let resources = runtime
        let index = try #require(get("/", from: resources))
        #expect(index.contentType == "text/html; charset=utf-8")
        #expect(String(decoding: index.body, as: UTF8.self).contains("<script"))
        #expect(get("/index.html", from: resources) == index)
        #expect(get("/wgsl.js", from: resources)?.contentType == "text/javascript; charset=utf-8")
        #expect(get("/kernels/dense.wgsl", from: resources)?.contentType == "text/plain; charset=utf-8")
    }

    @Test(
        "are nothing else",
        arguments: [
            "/nothing.js", "/kernels", "/../README.md", "/kernels/../../README.md", "/..",
            "/models/x/model.json",
            "/inputs/x", "/%2e%2e/README.md",
        ])
    func unknown(_ path: String) {
        #expect(get(path, from: runtime) == nil)
    }

    @Test("are a model's manifest, and its weights from the disk")
    func model() throws {
        let resources = runtime
        let model = try ModelCatalog(environment: ["WEIR_CACHE": "/nowhere"]).model(named: "digits")
        resources.add(model)
        let manifest = try #require(get(PageResources.manifestPath(model.digest), from: resources))
        #expect(manifest.body == model.manifestBytes)
        let path = PageResources.weightsPath(model.digest)
        let weights = try #require(get(path + "?part=0", from: resources))
        #expect(weights.body.count == model.manifest.weights.bytes)
        #expect(get(path + "?part=1", from: resources)?.body.isEmpty != false)
    }

    @Test("need not have a manifest that is short, which comes with the call")
    func shortManifest() {
        let limit = 16 << 10
        #expect(RuntimePage.short([UInt8](repeating: 32, count: limit))?.utf8.count == limit)
        #expect(RuntimePage.short([UInt8](repeating: 32, count: limit + 1)) == nil)
        // Its digest would be another's.
        #expect(RuntimePage.short([0xff]) == nil)
    }

    @Test("come in parts of one size when they are large", arguments: [true, false])
    func parts(onDisk: Bool) throws {
        let size = PageResources.partBytes + 5
        var bytes = [UInt8](repeating: 7, count: size)
        bytes[size - 1] = 9
        let resources = runtime
        let path: String
        let copy = try ModelCopy()
        if onDisk {
            try Data(bytes).write(to: URL(fileURLWithPath: copy.folder + "/weights.safetensors"))
            let model = try ModelPackage(folder: copy.folder)
            resources.add(model)
            path = PageResources.weightsPath(model.digest)
        } else {
            let digest = Digest(sha256: bytes)
            resources.add(inputs: bytes, digest: digest)
            path = PageResources.inputsPath(digest)
        }
        let first = try #require(get(path + "?part=0", from: resources))
        #expect(first.body.count == PageResources.partBytes)
        #expect(get(path, from: resources) == first)
        #expect(get(path + "?part=1", from: resources)?.body == [7, 7, 7, 7, 9])
        for bad in ["-1", "x", "2", "9223372036854775807", "1.5"] {
            #expect(get(path + "?part=\(bad)", from: resources)?.body.isEmpty != false)
        }
    }

    @Test("hold inputs only while a page is being given them, however many give them")
    func lent() throws {
        let resources = runtime
        let bytes: [UInt8] = [1, 2, 3, 4]
        let digest = Digest(sha256: bytes)
        resources.add(inputs: bytes, digest: digest)
        resources.add(inputs: bytes, digest: digest)
        resources.removeInputs(digest)
        #expect(get(PageResources.inputsPath(digest), from: resources)?.body == bytes)
        resources.removeInputs(digest)
        #expect(get(PageResources.inputsPath(digest), from: resources) == nil)
    }
}
