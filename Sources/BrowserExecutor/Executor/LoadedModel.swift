import Pool
import PoolEngine

/// A model in a page, and what it took to bring it there.
struct LoadedModel: Sendable {
    var name: String
    var digest: Digest
    /// In-page runtime and its version.
    var runtime: String
    /// In milliseconds, without `compileMs`.
    var loadMs: Double
    /// In milliseconds.
    var compileMs = 0.0
    /// Bytes that went to the page for it; 0 when they were there.
    var fetchedBytes: UInt64 = 0
    /// Whether it was not there before.
    var cold: Bool
    /// Behind the backend; nil where there is none.
    var adapter: Adapter?
    /// Variant of its kernels; empty where there is one only.
    var variant = ""
    /// Its compute nodes by backend, where the runtime tells.
    var nodes: [BackendNodes] = []

    /// A model on the runtime `wgsl`.
    init(_ name: String, _ digest: Digest, in page: RuntimePage, _ answer: PageAnswer.Load) {
        self.name = name
        self.digest = digest
        runtime = "\(page.runtime) \(RuntimePage.contract)"
        loadMs = max(0, answer.loadMs - answer.compileMs)
        compileMs = answer.compileMs
        fetchedBytes = UInt64(clamping: answer.fetchedBytes)
        cold = answer.cold
        adapter = Adapter(identity: answer.adapter)
        variant = answer.variant
    }

    /// A model on ONNX Runtime Web, which compiles shaders in the first run.
    init(_ name: String, _ digest: Digest, on runtime: RuntimeInstallation, _ answer: PageAnswer.OnnxLoad) {
        self.name = name
        self.digest = digest
        self.runtime = runtime.description
        loadMs = answer.loadMs
        fetchedBytes = UInt64(clamping: answer.fetchedBytes)
        cold = answer.cold
        adapter = answer.adapter.map { Adapter(identity: $0) }
        // What the page calls by another name is no backend.
        nodes = answer.nodes.sorted { $0.key < $1.key }.compactMap { name, count in
            Backend(name: name).map { BackendNodes(backend: $0, nodes: UInt32(clamping: count)) }
        }
    }

    /// What is no single model of a page.
    init(
        _ name: String, _ digest: Digest, on runtime: RuntimeInstallation, loadMs: Double, adapter: Adapter?
    ) {
        self.name = name
        self.digest = digest
        self.runtime = runtime.description
        self.loadMs = loadMs
        self.adapter = adapter
        cold = true
    }
}

extension Adapter {
    /// The adapter without its features and limits, which the browser's launch has.
    init(identity info: PageAnswer.AdapterInfo) {
        self.init(info)
        features = []
        limits = []
    }
}
