import Foundation

@testable import BrowserExecutor

/// References that `Fixtures/make.py` made.
enum Fixtures {
    static let root = Bundle.module.bundlePath + "/Fixtures"
    static let tinyBERT = root + "/tiny-bert"

    struct WordPiece: Decodable {
        var vocabulary: [String]
        var maximumTokens: Int
        var lower: [Sample]
        var cased: [Sample]

        struct Sample: Decodable {
            var text: String
            var ids: [Int]
        }

        enum CodingKeys: String, CodingKey {
            case vocabulary, lower, cased
            case maximumTokens = "maximum_tokens"
        }
    }

    struct Embedding: Decodable {
        var text: String
        var ids: [Int]?
        var embedding: [Double]
    }

    static func wordPiece() throws -> WordPiece { try decode("wordpiece.json") }

    /// The reference embeddings of a model.
    static func embeddings(of model: String) throws -> [Embedding] {
        let all: [String: [Embedding]] = try decode("embeddings.json")
        return all[model] ?? []
    }

    private static func decode<Value: Decodable>(_ name: String) throws -> Value {
        try JSONDecoder().decode(
            Value.self, from: Data(contentsOf: URL(fileURLWithPath: root + "/" + name)))
    }
}
