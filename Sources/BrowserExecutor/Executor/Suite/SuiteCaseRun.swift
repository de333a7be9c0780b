import ChromePipe
import Foundation
import Pool
import PoolEngine

/// Runs one case of a suite: a model with all its data sets, in a session of its own.
struct SuiteCaseRun {
    let page: RuntimePage
    let runtime: RuntimeInstallation
    let backend: Backend
    let suite: OnnxSuite
    let configuration: BrowserExecutor.Configuration

    /// Why a case has not passed.
    private struct Shortfall: Error {
        var status: SuiteCaseResult.Status
        var detail: String
        var difference: Double?
        var nodes: [String: Int]?
    }

    /// - Throws: What is wrong with the browser or with the suite itself, and no fault of the case.
    func result(of entry: OnnxSuite.Case) async throws -> SuiteCaseResult {
        if let path = suite.changedFile(of: entry) {
            let detail = "\(path) is not the file any more that was submitted; submit the suite again"
            throw RunRefusal(failure: .inputInvalid, detail: detail)
        }
        var result = SuiteCaseResult(name: entry.name, status: .passed)
        do {
            let model = try Self.read { () throws(OnnxError) in
                try OnnxModel(path: suite.folder(of: entry) + "/model.onnx")
            }
            result.operators = model.graph.distinctOperators
            let sets = try Self.read { () throws(OnnxError) in try model.dataSets() }
            guard sets.contains(where: { $0.expected != nil }) else {
                throw Shortfall(status: .failed, detail: "it has no test_data_set_N with expected outputs")
            }
            try await run(model, on: sets, into: &result)
        } catch let shortfall as Shortfall {
            result.status = shortfall.status
            result.detail = shortfall.detail
            result.maxAbsDiff = shortfall.difference ?? result.maxAbsDiff
            result.nodes = shortfall.nodes ?? result.nodes
        }
        return result
    }

    private static func read<Value>(_ value: () throws(OnnxError) -> Value) throws -> Value {
        do {
            return try value()
        } catch .unsupported(_, let reason) {
            throw Shortfall(status: .unsupported, detail: reason)
        } catch {
            throw Shortfall(status: .failed, detail: "\(error)")
        }
    }

    /// A fault that is the case's own; one that speaks of the browser is thrown on.
    private static func shortfall(_ fault: PageFault) throws -> Shortfall {
        guard case .run = RunVerdict.judge(fault) else { throw fault }
        let isRefusal = fault.kind == "backend_unsupported" && fault.reason != "run_failed"
        return Shortfall(
            status: isRefusal ? .unsupported : .failed, detail: fault.message, nodes: fault.details?.nodes)
    }

    private func run(
        _ model: OnnxModel, on sets: [DataSet], into result: inout SuiteCaseResult
    ) async throws {
        // One deadline for all of it, so that a case that hangs is noticed before the pool's lease runs out. The first
        // run compiles the shaders, so it is given as long as a load.
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded: PageAnswer.OnnxLoad
        do {
            loaded = try await page.load(
                model, on: backend, with: runtime, deadline: configuration.loadDeadline)
        } catch let fault as PageFault {
            throw try Self.shortfall(fault)
        }
        result.nodes = loaded.nodes
        var used: [Digest] = []
        var found: Shortfall?
        do {
            for set in sets {
                let bytes = try DataSetFile(dataSets: [set], tolerance: suite.tolerance).encoded()
                used.append(Digest(sha256: bytes))
                let difference = try await run(model, on: set, bytes, deadline: end - .now)
                result.maxAbsDiff = max(result.maxAbsDiff ?? 0, difference)
            }
        } catch let shortfall as Shortfall {
            found = shortfall
        }
        do {
            try await page.unload(
                model, on: backend, inputs: used, deadline: configuration.pageDeadline)
        } catch let fault as PageFault {
            let shortfall = try Self.shortfall(fault)
            found =
                found
                ?? Shortfall(
                    status: .failed, detail: "its session could not be released: \(shortfall.detail)")
        }
        if let found { throw found }
    }

    /// Runs a data set and gives the largest difference from what is expected of it.
    private func run(
        _ model: OnnxModel, on set: DataSet, _ bytes: [UInt8], deadline: Duration
    ) async throws -> Double {
        let digest = Digest(sha256: bytes)
        let answer: PageAnswer.TensorRun
        do {
            _ = try await page.inputs(bytes, digest: digest, count: 1, deadline: deadline)
            answer = try await page.run(model, on: backend, inputs: digest, item: 0, deadline: deadline)
        } catch let fault as PageFault {
            var shortfall = try Self.shortfall(fault)
            shortfall.detail = "\(set.name): \(shortfall.detail)"
            try await page.renew(after: fault, deadline: configuration.pageDeadline)
            throw shortfall
        }
        let tensors = answer.outputs.first?.tensors ?? []
        let outputs = tensors.compactMap(\.tensor)
        guard outputs.count == tensors.count else {
            throw Shortfall(
                status: .failed, detail: "\(set.name): an output is not as long as its shape says")
        }
        guard let expected = set.expected else { return 0 }
        do {
            return try suite.tolerance.check(outputs, against: expected)
        } catch {
            throw Shortfall(
                status: .failed, detail: "\(set.name): \(error)", difference: error.largestDifference)
        }
    }
}
