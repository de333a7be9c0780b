import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("The kernels of a text encoder") struct Variants {
        @Test(
            "give the reference's embeddings in every variant, and the variant is told",
            arguments: ["software-subgroups", "software", "gpu"])
        func variants(variant: String) async throws {
            let cache = try TemporaryFolder()
            let catalog = ModelCatalog(environment: ["WEIR_CACHE": cache.path])
            let model = try ModelImport(into: catalog).addEncoder(from: Fixtures.tinyBERT, named: "tiny")
                .model
            let references = try Fixtures.embeddings(of: "tiny")
            let bench = try Bench { $0.catalog = catalog }
            let (browser, _) = try await bench.launch()
            let page = try await bench.page(of: browser)
            let loaded = try await page.load(model, variant: variant, deadline: .seconds(40))
            #expect(loaded.variant == variant)
            #expect(loaded.cold)
            let inputs = try ModelInputs(texts: references.map(\.text), for: model)
            let digest = Digest(sha256: inputs.bytes)
            _ = try await page.inputs(
                inputs.bytes, digest: digest, count: UInt64(inputs.count), deadline: .seconds(10))
            // One text, all of them, and some whose last block of tokens is theirs in part.
            for items in [0..<1, 0..<UInt64(inputs.count), 1..<4] {
                let (_, outputs) = try await page.run(
                    model: model.digest, inputs: digest, items: items, deadline: .seconds(20))
                let found = try JSONDecoder().decode([PageAnswer.Embedding].self, from: Data(outputs))
                try #require(found.count == items.count)
                for (item, output) in zip(items, found) {
                    let pairs = zip(output.embedding, references[Int(item)].embedding)
                    let difference = pairs.map { abs($0 - $1) }.max() ?? .infinity
                    #expect(difference < 1e-4, "item \(item)")
                }
            }
            try await bench.close(browser)
        }

        @Test("are chosen by the adapter, changed on request, and refused where they are not known")
        func choice() async throws {
            let cache = try TemporaryFolder()
            let catalog = ModelCatalog(environment: ["WEIR_CACHE": cache.path])
            let model = try ModelImport(into: catalog).addEncoder(from: Fixtures.tinyBERT, named: "tiny")
                .model
            let bench = try Bench { $0.catalog = catalog }
            let (browser, _) = try await bench.launch()
            let page = try await bench.page(of: browser)
            let first = try await page.load(model, deadline: .seconds(40))
            #expect(first.variant.hasPrefix("software") == first.adapter.isFallbackAdapter)
            let again = try await page.load(model, deadline: .seconds(40))
            #expect(!again.cold)
            let other = try await page.load(model, variant: "gpu", deadline: .seconds(40))
            #expect(other.cold)
            #expect(other.variant == "gpu")
            let refusal = await #expect(throws: PageFault.self) {
                _ = try await page.load(model, variant: "quantum", deadline: .seconds(40))
            }
            #expect(refusal?.kind == "backend_unsupported")
            try await bench.close(browser)
        }
    }
}
