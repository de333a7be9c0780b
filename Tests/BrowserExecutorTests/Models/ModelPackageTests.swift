import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

@Suite("A model package") struct ModelPackageTests {
    @Test("is its manifest, whose digest stands for it, and its weights are those that it names (EXEC-3)")
    func embedded() throws {
        let model = try ModelCatalog(environment: ["WEIR_CACHE": "/nowhere"]).model(named: "digits")
        #expect(model.name == "digits")
        #expect(model.family == .vision)
        #expect(model.digest == Digest(sha256: model.manifestBytes))
        #expect(model.manifest.input.shape == [1, 8, 8])
        #expect(model.manifest.output.classes?.count == 10)
        #expect(model.weightsAreIntact())
        let inputs = try #require(try model.heldOutInputs())
        #expect(inputs.count == 360)
        #expect(inputs.labels.count == 360)
        #expect(inputs.bytes.count == 360 * 64 * 4)
    }

    @Test("is not there without a manifest")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ModelError.unreadable(path: folder.path + "/model.json")) {
            try ModelPackage(folder: folder.path)
        }
    }

    @Test("says what of its manifest is malformed", arguments: Malformed.allCases)
    func malformed(_ fault: Malformed) throws {
        let copy = try ModelCopy { fault.apply(to: &$0) }
        let error = #expect(throws: ModelError.self) { try ModelPackage(folder: copy.folder) }
        guard case .malformed(copy.folder + "/model.json", let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(fault.word), "\(reason)")
    }

    enum Malformed: String, CaseIterable, Sendable {
        case otherVersion, unknownFamily, noInput, textForNumber, zeroDimension, hugeShape, bounds
        case weightsElsewhere, noWeights, noBatch

        func apply(to manifest: inout [String: Any]) {
            func change(_ key: String, _ field: String, _ value: Any) {
                var object = manifest[key] as? [String: Any] ?? [:]
                object[field] = value
                manifest[key] = object
            }
            switch self {
            case .otherVersion: manifest["format_version"] = 2
            case .unknownFamily: manifest["family"] = "smell"
            case .noInput: manifest["input"] = nil
            case .textForNumber: manifest["maximum_batch"] = "many"
            case .zeroDimension: change("input", "shape", [1, 0, 8])
            case .hugeShape: change("input", "shape", [Int.max, 2, 2])
            case .bounds: change("input", "minimum", 17)
            case .weightsElsewhere: change("weights", "file", "../digits/weights.safetensors")
            case .noWeights: change("weights", "bytes", 0)
            case .noBatch: manifest["maximum_batch"] = 0
            }
        }

        /// What the reason must name.
        var word: String {
            switch self {
            case .otherVersion: "format_version is 2"
            case .unknownFamily: "smell"
            case .noInput: "input"
            case .textForNumber: "maximumBatch"
            case .zeroDimension, .hugeShape: "shape"
            case .bounds: "minimum"
            case .weightsElsewhere: "../digits"
            case .noWeights: "weights"
            case .noBatch: "maximum_batch"
            }
        }
    }

    @Test("that is no JSON is malformed")
    func noJSON() throws {
        let folder = try TemporaryFolder()
        try folder.write("{\"format_version\": 1,", to: "model.json")
        let error = #expect(throws: ModelError.self) { try ModelPackage(folder: folder.path) }
        #expect(error?.description.contains("is not a model manifest") == true)
    }

    @Test("with a damaged or missing weights file is not intact")
    func damaged() throws {
        let copy = try ModelCopy()
        let model = try ModelPackage(folder: copy.folder)
        #expect(model.weightsAreIntact())
        try copy.damageWeights()
        #expect(!model.weightsAreIntact())
        try FileManager.default.removeItem(atPath: copy.folder + "/weights.safetensors")
        #expect(!model.weightsAreIntact())
    }
}

@Suite("The model catalog") struct ModelCatalogTests {
    @Test("looks in WEIR_CACHE, else in XDG_CACHE_HOME if it is absolute, else in the home folder")
    func folder() {
        func folder(_ environment: [String: String]) -> String {
            ModelCatalog(environment: environment).cacheFolder
        }
        #expect(folder(["WEIR_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/c")
        #expect(folder(["WEIR_CACHE": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/weir")
        #expect(folder(["XDG_CACHE_HOME": "x", "HOME": "/h"]) == "/h/.cache/weir")
        #expect(folder(["HOME": "/h"]) == "/h/.cache/weir")
    }

    @Test("finds cached models beside those that come with Weir, by name, and tells damaged ones")
    func entries() throws {
        let copy = try ModelCopy()
        try copy.cache.write("no manifest", to: "models/broken/model.json")
        try copy.cache.write("", to: "models/.hidden/model.json")
        let entries = copy.catalog.entries()
        #expect(entries.map(\.name) == ["broken", "digits", ModelCopy.name])
        #expect(entries.map(\.isEmbedded) == [false, true, false])
        #expect(throws: ModelError.self) { try entries[0].package.get() }
        #expect(try entries[2].package.get().folder == copy.folder)
        #expect(throws: ModelError.unknown(name: "nothing", known: entries.map(\.name))) {
            try copy.catalog.model(named: "nothing")
        }
    }

    @Test("lets a model that comes with Weir hide a cached one of the same name")
    func hides() throws {
        let copy = try ModelCopy()
        try FileManager.default.moveItem(atPath: copy.folder, toPath: copy.cache.path + "/models/digits")
        #expect(copy.catalog.entries().count == 1)
        #expect(try copy.catalog.model(named: "digits").folder == Resources.models + "/digits")
    }

    @Test("gives no model in the place of the one that was named by its digest (EXEC-3)")
    func digest() throws {
        let copy = try ModelCopy()
        let digest = try copy.catalog.model(named: ModelCopy.name).digest
        #expect(try copy.catalog.model(named: ModelCopy.name, digest: digest) != nil)
        try copy.changeManifest { $0["description"] = "another" }
        #expect(try copy.catalog.model(named: ModelCopy.name, digest: digest) == nil)
    }
}
