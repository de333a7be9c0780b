import Foundation
import Pool
import Testing

@testable import BrowserExecutor

@Suite("A folder of kernels") struct KernelModelTests {
    @Test("is read with its tensors, steps and references, without a digest in its manifest")
    func example() throws {
        let folder = try KernelFolder()
        let model = try KernelModel(folder: folder.path)
        #expect(model.name == "edges")
        #expect(model.family == .vision)
        #expect(model.manifest.steps.map(\.times) == [1, 2, 1])
        #expect(model.manifest.steps[1].dispatches.map(\.workgroups) == [[4, 3, 1], [4, 3, 1]])
        let sets = try model.dataSets()
        #expect(sets.map(\.name) == ["disc", "stripes"])
        #expect(sets[0].inputs.map(\.dims) == [[20, 28]])
        #expect(sets[0].expected?.map(\.type) == [.float32, .uint32])
        withExtendedLifetime(folder) {}
    }

    @Test(
        "has one digest that changes with its manifest, each kernel, weights and references, and with nothing else"
    )
    func digest() throws {
        let folder = try KernelFolder()
        let first = try KernelModel(folder: folder.path).digest
        try folder.folder.write("not named by the manifest", to: "notes.txt")
        try folder.changeManifest { _ in }
        #expect(try KernelModel(folder: folder.path).digest == first)
        var seen: Set<Digest> = [first]
        for file in ["blur.wgsl", "edges.wgsl"] {
            try folder.edit(file, "main", "main ")
            #expect(seen.insert(try KernelModel(folder: folder.path).digest).inserted, "\(file)")
        }
        for file in ["weights.bin", "disc.bin", "stripes-edges.bin"] {
            var bytes = [UInt8](try #require(FileManager.default.contents(atPath: folder.path + "/" + file)))
            bytes[3] ^= 1
            try folder.folder.write(bytes, to: file)
            #expect(seen.insert(try KernelModel(folder: folder.path).digest).inserted, "\(file)")
        }
        try folder.changeManifest { $0[path: ["steps", 1, "repeat"]] = 3 }
        #expect(seen.insert(try KernelModel(folder: folder.path).digest).inserted)
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var path: [any Sendable]
        var value: (any Sendable)?
        var says: [String]
        var testDescription: String { says[0] }

        init(_ path: [any Sendable], _ value: (any Sendable)?, _ says: String...) {
            self.path = path
            self.value = value
            self.says = says
        }
    }

    @Test(
        "is refused by the path of the field, its value, and what is allowed",
        arguments: [
            Wrong(["format_version"], 2, "format_version is 2", "allowed is"),
            Wrong(["format_version"], nil, "format_version is missing"),
            Wrong(["kind"], "model", #"kind is "model""#, "\"kernels\""),
            Wrong(["family"], "sound", #"family is "sound""#, "audio"),
            Wrong(["extra"], 1, "extra is 1", "known are"),
            Wrong(["tensors", "image", "type"], "f64", #"tensors.image.type is "f64""#, "\"u32\""),
            Wrong(["tensors", "image", "shape"], [20, 0], "tensors.image.shape[1] is 0"),
            Wrong(
                ["tensors", "image", "shape"], [1 << 20, 1 << 20], "tensors.image.shape", "at most 268435456"),
            Wrong(
                ["tensors", "weights", "shape"], [3, 4], "tensors.weights.file", "a file of 48 bytes",
                "has 36"),
            Wrong(
                ["tensors", "weights", "file"], "none.bin", #"tensors.weights.file is "none.bin""#,
                "none of that"),
            Wrong(["tensors", "weights", "file"], "../weights.bin", "tensors.weights.file", "in the folder"),
            Wrong(
                ["tensors", "weights", "sha256"], String(repeating: "0", count: 64),
                "tensors.weights.sha256 is",
                "the SHA-256 of weights.bin"),
            Wrong(
                ["tensors", "threshold", "values"], [1, 2], "tensors.threshold.values is [1, 2]", "1 numbers"),
            Wrong(["tensors", "steep", "values"], [-1], "tensors.steep.values is [-1]", "u32"),
            Wrong(["steps"], [Int](), "steps is []"),
            Wrong(["steps", 0, "kernel"], "sharpen.wgsl", #"steps[0].kernel is "sharpen.wgsl""#),
            Wrong(["steps", 0, "workgroups"], [4, 65536], "steps[0].workgroups[1] is 65536", "1 to 65535"),
            Wrong(["steps", 0, "workgroups"], [1, 1, 1, 1], "steps[0].workgroups is [1, 1, 1, 1]"),
            Wrong(["steps", 1, "repeat"], 100_000, "steps[1].repeat is 100000", "1 to 65536"),
            Wrong(["steps", 1, "repeat"], 65536, "steps[1] is an object", "at most 65536 dispatches"),
            Wrong(["steps", 1, "steps", 0, "repeat"], 2, "steps[1].steps[0].repeat is 2", "known are"),
            Wrong(["steps", 0, "constants", "width"], "wide", #"steps[0].constants.width is "wide""#),
            Wrong(
                ["steps", 0, "bindings", 1, "tensor"], "weight", #"steps[0].bindings[1].tensor is "weight""#,
                "one of edges, image"),
            Wrong(
                ["steps", 0, "bindings", 1, "tensor"], "twice", #"steps[0].bindings[2].tensor is "twice""#,
                "bound once"),
            Wrong(
                ["steps", 0, "bindings", 1, "binding"], 0, "steps[0].bindings[1].binding is 0",
                "each number once"),
            Wrong(
                ["steps", 0, "bindings", 1, "access"], "write", #"steps[0].bindings[1].access is "write""#),
            Wrong(["inputs"], ["weights"], #"inputs[0] is "weights""#, "without contents"),
            Wrong(["outputs"], ["image"], #"outputs[0] is "image""#, "read_write"),
            Wrong(["outputs"], [String](), "outputs is []"),
            Wrong(["limits"], ["minUniformBufferOffsetAlignment": 4], "limits.minUniform", "begins with max"),
            Wrong(["references", 0, "inputs"], nil, "references[0].inputs is missing"),
            Wrong(["references", 0, "outputs", "steep"], nil, "references[0].outputs.steep is missing"),
            Wrong(["tolerance", "rtol"], -1, "tolerance.rtol is -1"),
        ])
    func wrong(_ wrong: Wrong) throws {
        let folder = try KernelFolder { $0[path: wrong.path] = wrong.value }
        let error = try #require(throws: KernelError.self) { try KernelModel(folder: folder.path) }
        for text in ["\(folder.path)/model.json: "] + wrong.says {
            #expect("\(error)".contains(text), "\(error)")
        }
    }

    @Test("takes inputs as packed bytes and as JSON, with or without their names")
    func inputs() throws {
        let folder = try KernelFolder()
        let model = try KernelModel(folder: folder.path)
        let expected = try #require(try model.dataSets().last).inputs
        let raw = try model.dataSet(inputs: folder.path + "/stripes.bin")
        #expect(raw.inputs == expected)
        #expect(raw.expected == nil)
        let rows = (0..<20).map { row in (0..<28).map { expected[0].values[row * 28 + $0] } }
        let list = try folder.folder.write(try JSONSerialization.data(withJSONObject: rows), to: "list.json")
        #expect(try model.dataSet(inputs: list).inputs == expected)
        let named = try JSONSerialization.data(withJSONObject: ["image": rows])
        #expect(
            try model.dataSet(inputs: try folder.folder.write(named, to: "named.json")).inputs == expected)

        let short = try folder.folder.write("[1, 2]", to: "short.json")
        let wrong = #expect(throws: KernelError.self) { try model.dataSet(inputs: short) }
        #expect("\(wrong.map { "\($0)" } ?? "")".contains("allowed is 560 numbers of f32"))
        let other = try folder.folder.write(#"{"picture": []}"#, to: "other.json")
        #expect(throws: KernelError.self) { try model.dataSet(inputs: other) }
        #expect(throws: KernelError.self) { try model.dataSet(inputs: folder.path + "/weights.bin") }
    }
}
