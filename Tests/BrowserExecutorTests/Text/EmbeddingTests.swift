import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("A text encoder on a real browser") struct Embeddings {
        @Test("gives the reference's embeddings, whatever the batch (EXEC-4)")
        func tiny() async throws {
            let cache = try TemporaryFolder()
            let catalog = ModelCatalog(environment: ["WEIR_CACHE": cache.path])
            let model = try ModelImport(into: catalog).addEncoder(from: Fixtures.tinyBERT, named: "tiny")
                .model
            let references = try Fixtures.embeddings(of: "tiny")
            let bench = try Bench { $0.catalog = catalog }
            let (browser, _) = try await bench.launch()
            let inputs = try ModelInputs(texts: references.map(\.text), for: model)
            for batch: UInt32 in [1, 2, UInt32(model.batchItems(of: inputs))] {
                let run = try bench.beginRun(
                    on: browser, items: 0..<11, batch: batch, model: model, inputs: inputs)
                let completed = try await bench.completion(of: run)
                #expect(completed.provenance.model == "tiny")
                let isSoftware = completed.provenance.adapter?.software ?? true
                #expect(completed.provenance.variant.hasPrefix(isSoftware ? "software" : "gpu"))
                #expect(completed.provenance.modelDigest == model.digest)
                let outputs = try bench.embeddings(of: run)
                try #require(outputs.count == 11)
                for (item, output) in outputs.enumerated() {
                    expect(output, near: references[item % references.count])
                }
            }
            try await bench.close(browser)
        }

        @Test("refuses tokens that the model does not have, and keeps the browser")
        func foreignTokens() async throws {
            let cache = try TemporaryFolder()
            let catalog = ModelCatalog(environment: ["WEIR_CACHE": cache.path])
            let model = try ModelImport(into: catalog).addEncoder(from: Fixtures.tinyBERT, named: "tiny")
                .model
            let bench = try Bench { $0.catalog = catalog }
            let (browser, _) = try await bench.launch()
            for values: [Float] in [[2, 5000, 3], [2, 0.5, 3], [-1, -1, -1]] {
                let bytes = values.flatMap { value in
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                }
                let run = try bench.beginRun(
                    on: browser, items: 0..<1, model: model, inputs: ModelInputs(count: 1, bytes: bytes))
                #expect(try await bench.refusal(of: run).failure == .inputInvalid)
            }
            #expect(bench.log.observations.allSatisfy { $0.failed == nil })
            try await bench.close(browser)
        }

        private static let catalog = ModelCatalog()
        private static let miniLM = try? catalog.model(named: "all-minilm-l6-v2")

        @Test(
            "gives the reference's embeddings by all-MiniLM-L6-v2",
            .enabled(
                if: miniLM != nil,
                "all-minilm-l6-v2 is not in the cache; weir model add all-minilm-l6-v2 gets it"))
        func real() async throws {
            let model = try #require(Self.miniLM)
            let references = try Fixtures.embeddings(of: "all-minilm-l6-v2")
            try #require(references.count == 5)
            let tokenizer = try model.tokenizer()
            for reference in references { #expect(tokenizer.ids(of: reference.text) == reference.ids) }
            let bench = try Bench { $0.catalog = Self.catalog }
            let (browser, _) = try await bench.launch()
            let inputs = try ModelInputs(texts: references.map(\.text), for: model)
            let run = try bench.beginRun(
                on: browser, items: 0..<5, batch: UInt32(model.batchItems(of: inputs)), model: model,
                inputs: inputs)
            _ = try await bench.completion(of: run)
            for (output, reference) in zip(try bench.embeddings(of: run), references) {
                expect(output, near: reference)
            }
            try await bench.close(browser)
        }

        private func expect(
            _ output: [Double], near reference: Fixtures.Embedding,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let pairs = Array(zip(output, reference.embedding))
            #expect(output.count == reference.embedding.count, sourceLocation: sourceLocation)
            let difference = pairs.map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference < 1e-4, "\(reference.text)", sourceLocation: sourceLocation)
            let cosine = pairs.reduce(0) { $0 + $1.0 * $1.1 }
            #expect(cosine >= 0.9999, "\(reference.text)", sourceLocation: sourceLocation)
        }
    }
}

extension Bench {
    /// The embeddings of a run so far, in order.
    func embeddings(of run: ObligationID) throws -> [[Double]] {
        try log.all.flatMap { report -> [[Double]] in
            guard let progressed = report.observation.progressed, progressed.obligation == run else {
                return []
            }
            let bytes =
                progressed.outputs.digest == nil
                ? progressed.outputs.inline : try #require(report.blobs.first)
            return try JSONDecoder().decode([PageAnswer.Embedding].self, from: Data(bytes)).map(\.embedding)
        }
    }
}
