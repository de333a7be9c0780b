import ChromePipe
import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    /// The steps before a model, in the page that runs it; none needs ONNX Runtime Web.
    @Suite("Images in a page") struct ImageSteps {
        private func withPage(_ body: (RuntimePage) async throws -> Void) async throws {
            let bench = try Bench { $0.runtime = OnnxModel.runtime }
            let (browser, _) = try await bench.launch()
            try await body(bench.page(of: browser))
            try await bench.close(browser)
        }

        @Test("are resized to the bit as by OpenCV, and decoded to the bit where the format loses nothing")
        func steps() async throws {
            let references = try MediaReferences.read()
            try #require(references.resized.count == 4)
            try await withPage { page in
                for image in references.resized {
                    let json = String(decoding: try JSONEncoder().encode(image), as: UTF8.self)
                    let raw = try await page.session.evaluate(
                        """
                        (async () => {
                          const image = \(json);
                          const { resized } = await import("/resize.js");
                          return { pixels: [...resized(image, image.to_width, image.to_height).pixels] };
                        })()
                        """, deadline: .seconds(20))
                    #expect(try raw.decode(Pixels.self).pixels == image.resized)
                }
                for (name, digest) in references.pixels {
                    let base64 = Data(try MediaReferences.bytes(name)).base64EncodedString()
                    let raw = try await page.session.evaluate(
                        """
                        (async () => {
                          const bytes = Uint8Array.from(atob("\(base64)"), (one) => one.charCodeAt(0));
                          const { decoded } = await import("/images.js");
                          return { pixels: [...(await decoded({ name: "image", bytes })).pixels] };
                        })()
                        """, deadline: .seconds(20))
                    #expect(Digest(sha256: try raw.decode(Pixels.self).pixels).description == digest)
                }
            }
        }

        private struct Pixels: Decodable {
            var pixels: [UInt8]
        }
    }
}
