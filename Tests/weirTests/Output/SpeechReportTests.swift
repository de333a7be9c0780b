import Foundation
import Testing

@testable import BrowserExecutor
@testable import weir

@Suite("The report of speech") struct SpeechReportTests {
    @Test("gives the segments of each file, and says which is not finished")
    func report() throws {
        var packed = PackedFiles()
        for (name, chunks) in [("a.wav", 40), ("b.wav", 20), ("c.wav", 30)] {
            packed.add([UInt8](repeating: 0, count: chunks * 512 * 4), name: name, items: chunks)
        }
        let speech = [Double](repeating: 0.1, count: 10) + [Double](repeating: 0.9, count: 30)
        let silence = [Double](repeating: 0.1, count: 20)
        let samples = ModelManifest.Samples(rate: 16000, chunk: 512, context: 64)
        let report = try #require(
            SpeechReport(
                inputs: packed.encoded(), samples: samples, probabilities: speech + silence + [0.9, 0.9]))
        var lines = LabelledLines()
        report.add(to: &lines)
        #expect(
            lines.text == """
                a.wav  1.28 s
                  speech  0.29 s to 1.28 s
                b.wav  0.64 s
                  no speech
                c.wav  0.96 s
                  not finished
                """)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [[String: Any]])
        #expect(json.map { $0["file"] as? String } == ["a.wav", "b.wav", "c.wav"])
        #expect(json[0]["segments"] as? [[String: Double]] == [["start": 0.29, "end": 1.28]])
        #expect(json[1]["segments"] as? [[String: Double]] == [])
        #expect(json[2]["segments"] is NSNull)
        #expect(SpeechReport(inputs: [1, 2], samples: samples, probabilities: []) == nil)
    }
}
