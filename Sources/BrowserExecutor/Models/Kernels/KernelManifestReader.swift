import Foundation
import Pool
import PoolEngine

/// Reads the `model.json` of a folder of kernels, as `Resources/runtimes/README.md` describes it, and checks all of it
/// that can be checked without a GPU.
struct KernelManifestReader {
    private let folder: String
    private let file: String
    private let root: JSONField

    /// Most bytes of a manifest, and of one kernel.
    private static let textLimit = 1 << 20
    /// Most dispatches of one item.
    private static let dispatchLimit = 1 << 16

    init(folder: String) throws(KernelError) {
        self.folder = folder
        file = folder + "/model.json"
        guard let data = FileManager.default.contents(atPath: file) else { throw .unreadable(path: file) }
        guard data.count <= Self.textLimit else {
            throw .malformed(path: file, reason: "it has \(data.count) bytes; \(Self.textLimit) are possible")
        }
        do throws(MalformedJSON) {
            root = JSONField(try JSONValue(json: data), file: file)
        } catch {
            throw .malformed(path: file, reason: "it is not valid JSON: \(error)")
        }
    }

    func manifest() throws(KernelError) -> KernelManifest {
        try root.allowOnly([
            "format_version", "kind", "name", "family", "runtime", "description", "tensors", "steps",
            "inputs", "outputs", "features", "limits", "references", "tolerance",
        ])
        guard try root["format_version"].integer(in: 1...1) != nil else {
            throw root["format_version"].refusal("1")
        }
        guard try root["kind"].string("\"kernels\"") == KernelManifest.kind else {
            throw root["kind"].refusal("\"kernels\"")
        }
        guard try root["runtime"].string("\"wgsl\"") ?? "wgsl" == "wgsl" else {
            throw root["runtime"].refusal("\"wgsl\"")
        }
        let families = ModelFamily.names.map { "\"\($0)\"" }.joined(separator: ", ")
        let family = try required(root["family"], families)
        guard ModelFamily(name: family) != nil else { throw root["family"].refusal(families) }
        let tensors = try tensors()
        let steps = try steps(tensors)
        let inputs = try names("inputs", of: tensors)
        let outputs = try names("outputs", of: tensors)
        try checkPorts(inputs, outputs, tensors, steps)
        return KernelManifest(
            name: try required(root["name"], "a name"), family: family,
            description: try root["description"].string("a text") ?? "", tensors: tensors, steps: steps,
            inputs: inputs, outputs: outputs, features: try features(tensors), limits: try limits(),
            references: try references(inputs, outputs, tensors), tolerance: try tolerance())
    }

    private func required(_ field: JSONField, _ allowed: String) throws(KernelError) -> String {
        guard let string = try field.string(allowed) else { throw field.refusal(allowed) }
        return string
    }

    // MARK: Tensors and files

    private func tensors() throws(KernelError) -> [String: KernelTensor] {
        var tensors: [String: KernelTensor] = [:]
        for (name, field) in try root["tensors"].members("an object of tensors by name") {
            guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.-]{0,63}/) != nil else {
                throw field.refusal("a name of letters, digits, _ - and ., not beginning with a digit")
            }
            try field.allowOnly(["type", "shape", "file", "sha256", "values"])
            let types = KernelTensor.Element.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            guard let type = KernelTensor.Element(rawValue: try required(field["type"], types)) else {
                throw field["type"].refusal(types)
            }
            var tensor = KernelTensor(type: type, shape: try shape(field["shape"], type))
            if field["file"].isPresent || field["values"].isPresent {
                tensor.contents = try contents(field, of: tensor)
            } else if field["sha256"].isPresent {
                throw field["sha256"].refusal("none without a file")
            }
            tensors[name] = tensor
        }
        guard !tensors.isEmpty else { throw root["tensors"].refusal("an object of tensors by name") }
        return tensors
    }

    private func shape(_ field: JSONField, _ type: KernelTensor.Element) throws(KernelError) -> [Int] {
        let limit = KernelTensor.byteLimit / type.size
        let allowed = "a list of 1 to 8 sizes from 1 on, whose product is at most \(limit)"
        let elements = try field.elements(allowed)
        guard (1...8).contains(elements.count) else { throw field.refusal(allowed) }
        var shape: [Int] = []
        var count = 1
        for element in elements {
            guard let size = try element.integer(in: 1...limit) else { throw field.refusal(allowed) }
            guard count <= limit / size else { throw field.refusal(allowed) }
            count *= size
            shape.append(size)
        }
        return shape
    }

    /// What `file` or `values` of an object gives a tensor.
    private func contents(
        _ field: JSONField, of tensor: KernelTensor
    ) throws(KernelError) -> KernelManifest.Contents {
        if field["values"].isPresent {
            guard !field["file"].isPresent else { throw field["values"].refusal("none beside a file") }
            let allowed =
                "\(tensor.elementCount) numbers of \(tensor.type.rawValue), in lists as deep as you like"
            let numbers = try field["values"].numbers(allowed)
            guard numbers.count == tensor.elementCount, let bytes = tensor.type.bytes(of: numbers) else {
                throw field["values"].refusal(allowed)
            }
            return .literal(bytes)
        }
        let found = try self.file(field["file"], digest: field["sha256"])
        guard found.bytes == tensor.byteCount else {
            throw field["file"].refusal(
                "a file of \(tensor.byteCount) bytes, little-endian \(tensor.type.rawValue) of shape "
                    + "\(tensor.shape); this one has \(found.bytes)")
        }
        return .file(found)
    }

    /// A file that a field names, with its digest, which must be the stated one if one is stated.
    private func file(_ field: JSONField, digest: JSONField? = nil) throws(KernelError) -> KernelManifest.File
    {
        let allowed = "the path of a file in the folder"
        let name = try required(field, allowed)
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { ["", ".", ".."].contains($0) }) else { throw field.refusal(allowed) }
        guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
            throw field.refusal(allowed + "; there is none of that name, or it cannot be read")
        }
        let bytes = [UInt8](data)
        let actual = Digest(sha256: bytes).description
        if let digest, let stated = try digest.string("a SHA-256"), stated != actual {
            throw digest.refusal("\(actual), the SHA-256 of \(name)")
        }
        return KernelManifest.File(file: name, bytes: bytes.count, sha256: actual)
    }

    // MARK: Steps

    private func steps(
        _ tensors: [String: KernelTensor]
    ) throws(KernelError) -> [KernelManifest.Group] {
        let allowed = "a list of steps"
        var groups: [KernelManifest.Group] = []
        var dispatches = 0
        for field in try root["steps"].elements(allowed) {
            let group: KernelManifest.Group
            if field["steps"].isPresent {
                try field.allowOnly(["repeat", "steps"])
                var steps: [KernelManifest.Dispatch] = []
                for step in try field["steps"].elements(allowed) {
                    steps.append(try dispatch(step, tensors, mayRepeat: false))
                }
                guard !steps.isEmpty else { throw field["steps"].refusal(allowed) }
                group = .init(times: try times(field), dispatches: steps)
            } else {
                let step = try dispatch(field, tensors, mayRepeat: true)
                group = .init(times: try times(field), dispatches: [step])
            }
            dispatches += group.times * group.dispatches.count
            guard dispatches <= Self.dispatchLimit else {
                throw field.refusal("at most \(Self.dispatchLimit) dispatches of all steps together")
            }
            groups.append(group)
        }
        guard !groups.isEmpty else { throw root["steps"].refusal(allowed) }
        return groups
    }

    private func times(_ field: JSONField) throws(KernelError) -> Int {
        try field["repeat"].integer(in: 1...Self.dispatchLimit) ?? 1
    }

    private func dispatch(
        _ field: JSONField, _ tensors: [String: KernelTensor], mayRepeat: Bool
    ) throws(KernelError) -> KernelManifest.Dispatch {
        try field.allowOnly(
            ["name", "kernel", "sha256", "entry_point", "bindings", "constants", "workgroups"]
                + (mayRepeat ? ["repeat"] : []))
        let kernel = try file(field["kernel"], digest: field["sha256"])
        guard (1...Self.textLimit).contains(kernel.bytes) else {
            throw field["kernel"].refusal("a file of 1 to \(Self.textLimit) bytes")
        }
        let workgroups = "a list of 1 to 3 numbers of workgroups, each from 1 to 65535"
        var counts: [Int] = []
        for count in try field["workgroups"].elements(workgroups) {
            // WebGPU, section 3.6.2: maxComputeWorkgroupsPerDimension.
            counts.append(try count.integer(in: 1...65535) ?? 1)
        }
        guard (1...3).contains(counts.count) else { throw field["workgroups"].refusal(workgroups) }
        var constants: [String: Double] = [:]
        for (name, value) in try field["constants"].members("an object of numbers by name") {
            constants[name] = try value.number("a number")
        }
        return KernelManifest.Dispatch(
            name: try field["name"].string("a name") ?? field.path, kernel: kernel,
            entryPoint: try field["entry_point"].string("the name of a function") ?? "main",
            bindings: try bindings(field["bindings"], tensors), constants: constants,
            workgroups: counts + Array(repeating: 1, count: 3 - counts.count))
    }

    private func bindings(
        _ field: JSONField, _ tensors: [String: KernelTensor]
    ) throws(KernelError) -> [KernelManifest.Binding] {
        let allowed = "a list of objects with binding, tensor and access"
        var bindings: [KernelManifest.Binding] = []
        for element in try field.elements(allowed) {
            try element.allowOnly(["binding", "tensor", "access"])
            // WebGPU, section 3.6.2: maxBindingsPerBindGroup is 1000.
            guard let index = try element["binding"].integer(in: 0...999) else {
                throw element["binding"].refusal("the number of @binding in the kernel")
            }
            guard !bindings.contains(where: { $0.binding == index }) else {
                throw element["binding"].refusal("each number once")
            }
            let known = "one of " + tensors.keys.sorted().joined(separator: ", ")
            let name = try required(element["tensor"], known)
            guard let tensor = tensors[name] else { throw element["tensor"].refusal(known) }
            let accesses = KernelManifest.Access.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            guard let access = KernelManifest.Access(rawValue: try required(element["access"], accesses))
            else { throw element["access"].refusal(accesses) }
            // WebGPU, section 3.6.2: maxUniformBufferBindingSize.
            guard access != .uniform || tensor.byteCount <= 65536 else {
                throw element["access"].refusal(
                    "\"read\": \(name) has \(tensor.byteCount) bytes, a uniform has at most 65536")
            }
            // WebGPU, section 3.4.4: a buffer that a dispatch writes has no other usage in it.
            if bindings.contains(where: {
                $0.tensor == name && ($0.access == .readWrite || access == .readWrite)
            }) {
                throw element["tensor"].refusal("a tensor that is written is bound once in a step")
            }
            bindings.append(.init(binding: index, tensor: name, access: access))
        }
        guard !bindings.isEmpty else { throw field.refusal(allowed) }
        return bindings
    }

    // MARK: Inputs, outputs, references

    private func names(
        _ key: String, of tensors: [String: KernelTensor]
    ) throws(KernelError) -> [String] {
        let allowed = "a list of names, each once, of " + tensors.keys.sorted().joined(separator: ", ")
        var names: [String] = []
        for field in try root[key].elements(allowed) {
            let name = try required(field, allowed)
            guard tensors[name] != nil, !names.contains(name) else { throw field.refusal(allowed) }
            names.append(name)
        }
        return names
    }

    private func checkPorts(
        _ inputs: [String], _ outputs: [String], _ tensors: [String: KernelTensor],
        _ steps: [KernelManifest.Group]
    ) throws(KernelError) {
        for (index, name) in inputs.enumerated() where tensors[name]?.contents != nil {
            throw try root["inputs"].element(index).refusal("a tensor without contents of its own")
        }
        let written = Set(
            steps.flatMap(\.dispatches).flatMap(\.bindings).filter { $0.access == .readWrite }.map(\.tensor))
        for (index, name) in outputs.enumerated() where !written.contains(name) {
            throw try root["outputs"].element(index).refusal(
                "a tensor that a step binds with access read_write")
        }
        guard !outputs.isEmpty else { throw root["outputs"].refusal("a list of at least one tensor") }
        for (key, names) in [("inputs", inputs), ("outputs", outputs)] {
            let bytes = names.reduce(0) { $0 + (tensors[$1]?.byteCount ?? 0) }
            guard bytes <= KernelModel.itemLimit else {
                throw root[key].refusal(
                    "tensors of at most \(KernelModel.itemLimit) bytes together; these have \(bytes)")
            }
        }
    }

    private func references(
        _ inputs: [String], _ outputs: [String], _ tensors: [String: KernelTensor]
    ) throws(KernelError) -> [KernelManifest.Reference] {
        var references: [KernelManifest.Reference] = []
        for (index, field) in try root["references"].elements("a list of objects").enumerated() {
            try field.allowOnly(["name", "inputs", "outputs"])
            references.append(
                .init(
                    name: try field["name"].string("a name") ?? "reference_\(index)",
                    inputs: try contents(field["inputs"], of: inputs, tensors),
                    outputs: field["outputs"].isPresent
                        ? try contents(field["outputs"], of: outputs, tensors) : nil))
        }
        return references
    }

    private func contents(
        _ field: JSONField, of names: [String], _ tensors: [String: KernelTensor]
    ) throws(KernelError) -> [String: KernelManifest.Contents] {
        var contents: [String: KernelManifest.Contents] = [:]
        if field.isPresent || !names.isEmpty { try field.allowOnly(names) }
        for name in names {
            guard let tensor = tensors[name] else { continue }
            try field[name].allowOnly(["file", "sha256", "values"])
            contents[name] = try self.contents(field[name], of: tensor)
        }
        return contents
    }

    // MARK: The rest

    private func tolerance() throws(KernelError) -> Tolerance {
        let field = root["tolerance"]
        var tolerance = Tolerance()
        guard field.isPresent else { return tolerance }
        try field.allowOnly(["rtol", "atol"])
        let allowed = "a number from 0 on"
        tolerance.relative = try field["rtol"].number(from: 0, allowed) ?? tolerance.relative
        tolerance.absolute = try field["atol"].number(from: 0, allowed) ?? tolerance.absolute
        return tolerance
    }

    private func features(_ tensors: [String: KernelTensor]) throws(KernelError) -> [String] {
        let allowed = "a list of WebGPU's names of features, such as \"shader-f16\""
        var features: Set<String> = []
        for field in try root["features"].elements(allowed) { features.insert(try required(field, allowed)) }
        if tensors.values.contains(where: { $0.type == .f16 }) { features.insert("shader-f16") }
        return features.sorted()
    }

    private func limits() throws(KernelError) -> [String: Int] {
        var limits: [String: Int] = [:]
        for (name, field) in try root["limits"].members("an object of numbers by WebGPU's names of limits") {
            // The others are alignments, of which a device needs to be asked for none.
            guard name.hasPrefix("max") else {
                throw field.refusal("a limit of which more is better: its name begins with max")
            }
            limits[name] = try field.integer(in: 1...(1 << 40))
        }
        return limits
    }
}

extension JSONField {
    /// An element of a list that has been read as one.
    fileprivate func element(_ index: Int) throws(KernelError) -> JSONField {
        try elements("a list")[index]
    }
}
