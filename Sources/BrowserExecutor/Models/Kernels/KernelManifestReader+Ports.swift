/// Inputs, outputs and references, and what the manifest asks of a device.
extension KernelManifestReader {
    func names(
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

    func checkPorts(
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

    func references(
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
            try field[name].allowOnly(["file", "tensor", "sha256", "values"])
            contents[name] = try self.contents(field[name], of: tensor)
        }
        return contents
    }

    // MARK: The rest

    func tolerance() throws(KernelError) -> Tolerance {
        let field = root["tolerance"]
        var tolerance = Tolerance()
        guard field.isPresent else { return tolerance }
        try field.allowOnly(["rtol", "atol"])
        let allowed = "a number from 0 on"
        tolerance.relative = try field["rtol"].number(from: 0, allowed) ?? tolerance.relative
        tolerance.absolute = try field["atol"].number(from: 0, allowed) ?? tolerance.absolute
        return tolerance
    }

    func features(_ tensors: [String: KernelTensor]) throws(KernelError) -> [String] {
        let allowed = "a list of WebGPU's names of features, such as \"shader-f16\""
        var features: Set<String> = []
        for field in try root["features"].elements(allowed) { features.insert(try required(field, allowed)) }
        if tensors.values.contains(where: { $0.type == .f16 }) { features.insert("shader-f16") }
        return features.sorted()
    }

    func limits() throws(KernelError) -> [String: Int] {
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
