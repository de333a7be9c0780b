import Foundation
import Testing

@testable import BrowserExecutor

@Suite("The WordPiece tokenizer") struct WordPieceTokenizerTests {
    private func vocabulary(_ pieces: [String], lineEnd: String = "\n") -> [UInt8] {
        Array(pieces.map { $0 + lineEnd }.joined().utf8)
    }

    @Test(
        "gives the ids that Hugging Face's tokenizers gives, whatever the text holds",
        arguments: [true, false])
    func reference(isLower: Bool) throws {
        let reference = try Fixtures.wordPiece()
        let tokenizer = try WordPieceTokenizer(
            vocabulary: vocabulary(reference.vocabulary),
            options: .init(lowerCase: isLower, stripAccents: isLower),
            maximumTokens: reference.maximumTokens)
        let samples = isLower ? reference.lower : reference.cased
        #expect(samples.count >= 35)
        for sample in samples { #expect(tokenizer.ids(of: sample.text) == sample.ids, "\(sample.text)") }
    }

    @Test("takes the longest piece, and a word of which a part is in no piece for unknown")
    func pieces() throws {
        let pieces = ["[UNK]", "[CLS]", "[SEP]", "a", "ab", "##b", "##bc", "##c"]
        for lineEnd in ["\n", "\r\n"] {
            let tokenizer = try WordPieceTokenizer(
                vocabulary: vocabulary(pieces, lineEnd: lineEnd), options: .init(), maximumTokens: 6)
            #expect(tokenizer.ids(of: "abc") == [1, 4, 7, 2])
            #expect(tokenizer.ids(of: "acb AD") == [1, 3, 7, 5, 0, 2])
            #expect(tokenizer.ids(of: "a a a a a a a") == [1, 3, 3, 3, 3, 2])
            #expect(tokenizer.ids(of: "") == [1, 2])
        }
    }

    @Test("needs the pieces that begin and end a text and stand for unknown words")
    func incomplete() {
        for missing in ["[UNK]", "[CLS]", "[SEP]"] {
            let pieces = ["[UNK]", "[CLS]", "[SEP]", "a"].filter { $0 != missing }
            #expect(throws: TokenizerError.pieceMissing(missing)) {
                try WordPieceTokenizer(vocabulary: vocabulary(pieces), options: .init(), maximumTokens: 8)
            }
        }
        #expect(throws: TokenizerError.tooFewTokens(2)) {
            try WordPieceTokenizer(vocabulary: [], options: .init(), maximumTokens: 2)
        }
    }

    @Test("A file of texts has one a line, empty ones too, and any line end")
    func lines() throws {
        #expect(try ModelInputs.lines(of: Data("a\n\nb\r\nc".utf8), path: "p") == ["a", "", "b", "c"])
        #expect(try ModelInputs.lines(of: Data("\u{FEFF}a\n".utf8), path: "p") == ["a"])
        #expect(throws: InputError.malformed(path: "p", line: 1, reason: "it holds no text")) {
            try ModelInputs.lines(of: Data(), path: "p")
        }
        #expect(throws: InputError.malformed(path: "p", line: 2, reason: "it is not UTF-8 text")) {
            try ModelInputs.lines(of: Data([0x61, 0x0A, 0xFF]), path: "p")
        }
    }
}
