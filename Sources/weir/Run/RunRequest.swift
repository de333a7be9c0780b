import ArgumentParser
import BrowserExecutor
import Foundation
import Pool
import PoolEngine

/// What `weir run` was asked to do, checked before anything is opened.
struct RunRequest {
    var spec: TaskSpec
    var blobs: [[UInt8]]
    var policy: PoolPolicy
    /// How often it is submitted.
    var copies: Int

    /// Largest number of tasks that one command submits.
    static let copyLimit = 1000
    /// Largest number of items of one task.
    static let itemLimit = 10_000_000
    /// Items that share a dispatch; also how many results are recorded together.
    static let batchItems: UInt32 = 64

    init(_ options: RunOptions, catalog: ModelCatalog) throws {
        policy = try Self.policy(options)
        copies = options.tasks ?? 1
        guard (1...Self.copyLimit).contains(copies) else {
            throw UsageError("--tasks is \(copies); allowed is 1 to \(Self.copyLimit)")
        }
        if let suite = try SuiteRequest(options, catalog: catalog) {
            (spec, blobs) = (suite.spec, suite.blobs)
            try settle(options, nil)
            return
        }
        let file = try options.task.map { path throws(UsageError) in try TaskFile(path: path) }
        if let file, let model = options.model, model != file.modelName {
            throw UsageError(
                "the task's model_name is \"\(file.modelName)\", but MODEL is \"\(model)\"; give one of them")
        }
        if let kernels = try KernelRequest(options, file) {
            (spec, blobs) = (kernels.spec, kernels.blobs)
            try settle(options, file)
            return
        }
        if let onnx = try OnnxRequest(options, file, catalog: catalog) {
            (spec, blobs) = (onnx.spec, onnx.blobs)
            try settle(options, file)
            return
        }
        guard options.rtol == nil, options.atol == nil, options.family == nil, options.expect.isEmpty else {
            throw UsageError(
                "--rtol, --atol, --family and --expect are for ONNX models, the first two also for kernels, given by "
                    + "their path")
        }
        let model = try Self.model(file?.modelName ?? options.model ?? "digits", from: file, options, catalog)
        if let family = file?.family, family != model.family {
            throw UsageError(
                "\(options.task ?? ""): model_type is \"\(family.name)\"; allowed is \"\(model.family.name)\", "
                    + "the family of \(model.name)")
        }
        if model.manifest.runtime == OnnxModel.runtime { try OnnxRequest.ensureRuntime(in: catalog) }
        let inputs = try Self.inputs(options, for: model)
        let items = options.items ?? inputs.count
        guard (1...Self.itemLimit).contains(items) else {
            throw UsageError("--items is \(items); allowed is 1 to \(Self.itemLimit)")
        }
        let stored = Payload.storing(inputs.bytes)
        blobs = stored.blobs
        spec = TaskSpec(
            family: model.family, model: model.name, modelDigest: model.digest,
            runtime: model.manifest.runtime,
            itemsTotal: UInt64(items), inputs: stored.payload, inputsCount: UInt64(inputs.count),
            batchItems: min(Self.batchItems, UInt32(model.batchItems(of: inputs))),
            backends: model.defaultBackends,
            runtimeBackends: model.runtimeBackends)
        try settle(options, file)
    }

    /// A model on a small input of its own, or one that comes with Weir.
    init(sampleOf name: String, catalog: ModelCatalog) throws {
        var arguments = [name]
        if let model = try? catalog.model(named: name) {
            if model.takesText { arguments += ["--text", "A cat."] }
            if let sample = model.sampleFile { arguments += ["--input", sample] }
        }
        try self.init(RunOptions.parse(arguments), catalog: catalog)
    }

    /// Takes over what the task's file says, and refuses backends that cannot be used.
    private mutating func settle(_ options: RunOptions, _ file: TaskFile?) throws(UsageError) {
        file?.apply(to: &spec)
        if !options.backend.isEmpty { spec.backends = options.backend }
        if options.strictBackend { spec.strictBackend = true }
        if options.config == nil, options.browsers == nil {
            policy.maxConnections = max(policy.maxConnections, spec.redundancy)
        }
        guard spec.redundancy <= policy.maxConnections else {
            throw UsageError(
                "the task's redundancy is \(spec.redundancy), and every copy needs a browser of its own; allowed is "
                    + "1 to \(policy.maxConnections) (max_connections)")
        }
        let field = options.backend.isEmpty ? "hardware_preferences.priority_list" : "--backend"
        if spec.strictBackend, let first = spec.backends.first, !spec.canRun(on: first) {
            throw UsageError(
                "\(field) begins with \"\(first.name)\", on which \(spec.runtime) does not run models, and "
                    + "strict_backend allows no other")
        }
        guard spec.backends.contains(where: spec.canRun(on:)) else {
            let names = spec.backends.map { "\"\($0.name)\"" }.joined(separator: ", ")
            guard spec.runtimeBackends.isEmpty else {
                let usable = spec.runtimeBackends.map(\.name.description).joined(separator: ", ")
                throw UsageError("\(field) is [\(names)]; \(spec.runtime) runs models on \(usable)")
            }
            throw UsageError(
                "\(field) is [\(names)], of which this version of Weir runs none yet; \"webgpu\" must be among them"
            )
        }
    }

    /// The pool's policy: the configuration file's, or one browser; `--browsers` has the last word.
    static func policy(_ options: RunOptions) throws(UsageError) -> PoolPolicy {
        var policy = PoolPolicy.commandLineDefault
        if let path = options.config {
            policy.maxConnections = PoolPolicy().maxConnections
            policy = try ConfigFile(path: path, defaults: policy).policy
        }
        if let browsers = options.browsers {
            guard (1...64).contains(browsers) else {
                throw UsageError("--browsers is \(browsers); allowed is 1 to 64")
            }
            policy.maxConnections = UInt32(browsers)
            policy.warmBrowsers = UInt32(browsers)
        }
        return policy
    }

    private static func model(
        _ name: String, from file: TaskFile?, _ options: RunOptions, _ catalog: ModelCatalog
    ) throws -> ModelPackage {
        do {
            return try catalog.model(named: name)
        } catch .unknown(_, let known) {
            let place = file == nil ? "MODEL" : "\(options.task ?? ""): model_name"
            throw UsageError("\(place) is \"\(name)\"; models found are \(known.joined(separator: ", "))")
        } catch {
            throw UsageError("\(error)")
        }
    }

    private static func inputs(_ options: RunOptions, for model: ModelPackage) throws -> ModelInputs {
        do {
            if model.takesText { return try ModelInputs(texts: texts(options, for: model), for: model) }
            guard options.text.isEmpty else {
                throw UsageError(
                    "--text is given, but \(model.name) takes no text; give inputs with --input FILE")
            }
            guard !options.input.isEmpty else {
                guard let heldOut = try model.heldOutInputs() else {
                    throw UsageError("\(model.name) comes without inputs; give some with --input FILE")
                }
                return heldOut
            }
            if model.takesFiles { return try ModelInputs(files: options.input, for: model) }
            var all = ModelInputs()
            for file in options.input { all.append(try ModelInputs(file: file, for: model)) }
            return all
        } catch let error as InputError {
            throw UsageError("\(error)")
        }
    }

    /// The texts of `--text`, then those of each `--input`. They are tokenised together, so that all have one length.
    private static func texts(_ options: RunOptions, for model: ModelPackage) throws -> [String] {
        var texts = options.text
        for path in options.input {
            let data =
                path == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data()
                : FileManager.default.contents(atPath: path)
            guard let data else { throw InputError.unreadable(path: path) }
            texts += try ModelInputs.lines(of: data, path: path == "-" ? "standard input" : path)
        }
        guard !texts.isEmpty else {
            throw UsageError(
                "\(model.name) comes without inputs; give texts with --text TEXT, --input FILE (one text a line) or "
                    + "--input - (standard input)")
        }
        return texts
    }
}
