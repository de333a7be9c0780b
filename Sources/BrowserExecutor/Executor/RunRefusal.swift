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
        guard let found else {
            let detail = "\(spec.model) is not the model any more that was submitted (\(spec.modelDigest))"
            throw RunRefusal(failure: .modelMissing, detail: detail)
        }
        return found
    }
}
