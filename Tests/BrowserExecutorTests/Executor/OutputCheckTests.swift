import Testing

@testable import BrowserExecutor

@Suite("The check of outputs that arrive") struct OutputCheckTests {
    private func fails(_ kind: ModelManifest.Output.Kind, _ json: String, items: UInt64 = 1) -> Bool {
        do throws(PageFault) {
            try OutputCheck(kind: kind).check(Array(json.utf8), of: 0..<items)
            return false
        } catch {
            return error.kind == "output_invalid"
        }
    }

    @Test("takes what the model's kind of output allows and nothing else (EXEC-5)")
    func check() {
        #expect(!fails(.classification, "[{\"label\":\"1\",\"score\":0.5}]"))
        #expect(fails(.classification, "[{\"label\":\"1\",\"score\":1.5}]"))
        #expect(fails(.classification, "[{\"label\":\"1\",\"score\":0.5}]", items: 2))
        #expect(fails(.classification, "[{\"embedding\":[1]}]"))
        #expect(!fails(.embedding, "[{\"embedding\":[0.6,-0.8]}]"))
        #expect(fails(.embedding, "[{\"embedding\":[0.6,-0.9]}]"))
        #expect(fails(.embedding, "[{\"embedding\":[]}]"))
        #expect(fails(.embedding, "[{\"embedding\":[null]}]"))
        #expect(fails(.embedding, ""))
        #expect(!fails(.probability, "[{\"probability\":0},{\"probability\":1}]", items: 2))
        #expect(fails(.probability, "[{\"probability\":1.1}]"))
        #expect(fails(.probability, "[{\"probability\":null}]"))
        #expect(fails(.probability, "[]"))
        let box = "{\"quadrilateral\":[[1,2],[3,2],[3,4],[1,4]],\"score\":0.5}"
        #expect(!fails(.textRegions, "[{\"boxes\":[\(box)]},{\"boxes\":[]}]", items: 2))
        #expect(fails(.textRegions, "[{\"boxes\":[\(box.replacing("0.5", with: "1.5"))]}]"))
        #expect(fails(.textRegions, "[{\"boxes\":[\(box.replacing("[1,2],", with: ""))]}]"))
        #expect(fails(.textRegions, "[{\"boxes\":[\(box.replacing("[1,2]", with: "[-1,2]"))]}]"))
    }
}
