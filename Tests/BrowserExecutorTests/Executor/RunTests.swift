import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("A run on a real browser") struct Runs {
        @Test(
            "gives the model's own outputs for every item once, in order, with its provenance (EXEC-3, EXEC-4)"
        )
        func digits() async throws {
            let bench = try Bench()
            let (browser, launched) = try await bench.launch()
            let facts = launched.facts
            #expect(kill(Int32(facts.pid), 0) == 0)
            #expect(launched.launchMs > 0)
            #expect(!facts.simulated)
            #expect(facts.sandboxed == (getuid() != 0))
            #expect(facts.flags.contains("--remote-debugging-pipe"))
            #expect(facts.product.contains("Chrome/"))
            let adapter = try #require(facts.adapter)
            #expect(!adapter.vendor.isEmpty)
            #expect(!adapter.limits.isEmpty)
            if facts.flags.contains("--use-webgpu-adapter=swiftshader") {
                #expect(adapter.vendor == "google")
                #expect(adapter.architecture == "swiftshader")
                #expect(adapter.software)
            }

            let model = try bench.digits()
            let held = try #require(try model.heldOutInputs())
            let run = try bench.beginRun(on: browser, items: 0..<360, batch: 50, model: model)
            let completed = try await bench.completion(of: run)
            let kinds = bench.log.observations.dropFirst().map(\.started?.cold)
            #expect(kinds.first == .some(true) && kinds.dropFirst().allSatisfy { $0 == nil })
            // Steps of at most 64 items, of which a call ran 50 or the last 10.
            let steps = bench.log.observations.compactMap(\.progressed).map(\.itemCount)
            #expect((7...8).contains(steps.count) && steps.allSatisfy { $0 <= 64 }, "\(steps)")
            let outputs = try bench.outputs(of: run)
            #expect(outputs.count == 360)
            let right = zip(outputs, held.labels).count { $0.label == $1 }
            #expect(Double(right) / 360 >= 0.98)
            for image in try Reference.digits().images.prefix(16) {
                let best = try #require(image.probabilities.max())
                let output = outputs[image.image]
                #expect(output.label == image.probabilities.firstIndex(of: best).map(String.init))
                #expect(abs(output.score - best) < 1e-4)
            }

            let provenance = completed.provenance
            #expect(!provenance.simulated)
            #expect(provenance.cold)
            #expect(provenance.backend == .webgpu)
            #expect(provenance.model == "digits")
            #expect(provenance.modelDigest == model.digest)
            #expect(provenance.browser == facts.product)
            #expect(provenance.runtime == "wgsl 1")
            #expect(provenance.batchItems == 50)
            #expect(provenance.adapter?.vendor == adapter.vendor)
            #expect(provenance.adapter?.software == adapter.software)
            #expect(completed.metrics.cold)
            #expect(completed.metrics.items == 360)
            #expect(completed.metrics.queueMs == 2)
            #expect(completed.metrics.compileMs > 0)
            #expect(completed.metrics.runMs > 0)

            // The model stays where it is: the next run is warm, whatever part of the items it runs and how.
            let next = try bench.beginRun(on: browser, items: 355..<380, batch: 7, model: model)
            let warm = try await bench.completion(of: next)
            #expect(!warm.provenance.cold)
            #expect(!warm.metrics.cold)
            #expect(warm.metrics.compileMs == 0)
            #expect(warm.metrics.loadMs < completed.metrics.loadMs)
            let again = try bench.outputs(of: next, from: 355)
            #expect(again.map(\.label) == (355..<380).map { outputs[$0 % 360].label })
            let all = try bench.beginRun(on: browser, items: 0..<256, batch: 256, model: model)
            _ = try await bench.completion(of: all)
            #expect(try bench.outputs(of: all).map(\.label) == outputs.prefix(256).map(\.label))
            let one = try bench.beginRun(on: browser, items: 3..<5, batch: 1, model: model)
            _ = try await bench.completion(of: one)
            #expect(try bench.outputs(of: one, from: 3).count == 2)

            #expect(try await bench.close(browser) == .asked)
            #expect(bench.log.observations.allSatisfy { $0.failed == nil && $0.runFailed == nil })
        }

        @Test("that is stopped ends, and its browser runs the next task")
        func stop() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            let run = try await bench.runForLong(on: browser)
            let stop = bench.stop(run, on: browser)
            let model = try bench.digits()
            let next = try bench.beginRun(on: browser, items: 0..<128, model: model)
            _ = try await bench.log.first { $0.stopped?.obligation == stop ? true : nil }
            _ = try await bench.completion(of: next)
            #expect(try bench.outputs(of: next).count == 128)
            let ofRun = bench.log.observations.filter { $0.obligation == run }
            #expect(ofRun.allSatisfy { $0.started != nil || $0.progressed != nil })
            let after = bench.log.observations.drop { $0.stopped == nil }
            #expect(after.allSatisfy { $0.obligation != run })
            // A run that has ended, or was never begun, is stopped at once.
            let late = bench.stop(next, on: browser)
            _ = try await bench.log.first { $0.stopped?.obligation == late ? true : nil }
            #expect(try await bench.close(browser) == .asked)
            #expect(bench.log.observations.allSatisfy { $0.failed == nil })
        }

        @Test("that cannot be done is refused with its cause, and its browser goes on (EXEC-5)")
        func refused() async throws {
            let damaged = try ModelCopy()
            let bench = try Bench { $0.catalog = damaged.catalog }
            let (browser, _) = try await bench.launch()
            func failure(
                _ model: ModelPackage, batch: UInt32 = 8, inputs: ModelInputs? = nil, digest: Digest? = nil
            ) async throws -> RunFailure {
                let run = try bench.beginRun(
                    on: browser, items: 0..<16, batch: batch, model: model, inputs: inputs, digest: digest)
                let refusal = try await bench.refusal(of: run)
                #expect(!refusal.detail.isEmpty)
                return refusal.failure
            }
            let digits = try bench.digits()
            let copy = try ModelPackage(folder: damaged.folder)
            let held = try digits.heldOutInputs()
            #expect(try await failure(copy, digest: digits.digest) == .modelMissing)
            try damaged.damageWeights()
            #expect(try await failure(copy) == .modelInvalid)
            // A kernel that does not compute what its step needs makes no pipeline.
            let original = FileManager.default.contents(atPath: damaged.folder + "/model.json")
            try damaged.restoreWeights()
            try damaged.changeManifest { manifest in
                var steps = manifest["steps"] as? [[String: Any]] ?? []
                for index in steps.indices where steps[index]["op"] as? String == "softmax" {
                    steps[index]["kernel"] = "conv2d"
                }
                manifest["steps"] = steps
            }
            #expect(try await failure(ModelPackage(folder: damaged.folder)) == .shaderInvalid)
            try damaged.changeManifest { $0["steps"] = [[String: Any]]() }
            #expect(try await failure(ModelPackage(folder: damaged.folder)) == .modelInvalid)
            try Data(original ?? Data()).write(to: URL(fileURLWithPath: damaged.folder + "/model.json"))
            try damaged.changeManifest { $0["maximum_batch"] = 4 }
            #expect(try await failure(ModelPackage(folder: damaged.folder), batch: 16) == .inputInvalid)
            try FileManager.default.removeItem(atPath: damaged.folder)
            #expect(try await failure(copy, inputs: held) == .modelMissing)

            #expect(
                try await failure(digits, inputs: .raw(Array(repeating: 17, count: 64), count: 1))
                    == .inputInvalid)
            #expect(
                try await failure(digits, inputs: .raw(Array(repeating: 1, count: 63), count: 1))
                    == .inputInvalid)
            #expect(
                try await failure(digits, inputs: .raw(Array(repeating: 1, count: 64), count: 3))
                    == .inputInvalid)
            #expect(
                try await failure(digits, inputs: .raw(Array(repeating: .nan, count: 64), count: 1))
                    == .inputInvalid)

            let run = try bench.beginRun(on: browser, items: 0..<16, model: digits)
            _ = try await bench.completion(of: run)
            try await bench.close(browser)
            #expect(bench.log.observations.allSatisfy { $0.failed == nil })
        }
    }
}

/// What the digits model gives, computed in float64.
struct Reference: Decodable {
    struct Image: Decodable {
        var image: Int
        var probabilities: [Double]
    }

    var images: [Image]

    static func digits() throws -> Reference {
        let data = FileManager.default.contents(atPath: Resources.models + "/digits/reference.json") ?? Data()
        return try JSONDecoder().decode(Reference.self, from: data)
    }
}

extension ModelInputs {
    /// Inputs that no file would give.
    static func raw(_ values: [Float], count: Int) -> ModelInputs {
        ModelInputs(
            count: count,
            bytes: values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            })
    }
}
