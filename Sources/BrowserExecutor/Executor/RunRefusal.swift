import Pool

/// A run that cannot be done, whatever the browser.
struct RunRefusal: Error {
    var failure: RunFailure
    var detail: String
    /// Why the backend refuses, for `backendUnsupported`.
    var backend: BackendRefusal?
}

extension ModelCatalog {
    /// The model that a task names, if it is still the one that was submitted.
    func model(of spec: TaskSpec) throws(RunRefusal) -> ModelPackage {
        let found: ModelPackage?
        do throws(ModelError) {
            found = try model(named: spec.model, digest: spec.modelDigest)
        } catch {
            throw RunRefusal(failure: .modelMissing, detail: "\(error)")
        }
        guard let found else { throw RunRefusal(noLongerSubmitted: spec) }
        return found
    }
}

extension KernelModel {
    /// The folder that a task names, if it is still the model that was submitted.
    init(of spec: TaskSpec) throws(RunRefusal) {
        do {
            try self.init(folder: spec.model)
        } catch {
            throw RunRefusal(failure: .modelMissing, detail: "\(error)")
        }
        guard digest == spec.modelDigest else { throw RunRefusal(noLongerSubmitted: spec) }
    }
}

extension OnnxModel {
    /// The file that a task names, if it is still the model that was submitted.
    init(of spec: TaskSpec) throws(RunRefusal) {
        do {
            try self.init(path: spec.model)
        } catch {
            throw RunRefusal(failure: .modelMissing, detail: "\(error)")
        }
        guard digest == spec.modelDigest else { throw RunRefusal(noLongerSubmitted: spec) }
    }
}

extension RunRefusal {
    fileprivate init(noLongerSubmitted spec: TaskSpec) {
        self.init(
            failure: .modelMissing,
            detail:
                "\(spec.model) is not the model any more that was submitted (\(spec.modelDigest)): it, or a file that "
                + "it names, has changed")
    }
}
