import Foundation

/// Turns text into the token ids that a BERT encoder was trained on.
///
/// Two steps, as BERT defines them (Devlin et al., 2018, and its reference code): text is cleaned and cut into words
/// and punctuation marks; each word is cut into the longest pieces of the vocabulary from left to right. Where
/// implementations differ, it does what Hugging Face's `tokenizers` does, with which sentence encoders are made.
public struct WordPieceTokenizer: Sendable {
    /// How text is cleaned before it is cut.
    public struct Options: Sendable, Equatable {
        /// Letters become lower case.
        public var lowerCase = true
        /// Combining marks are taken away.
        public var stripAccents = true
        /// Each Chinese character is a word.
        public var separateIdeographs = true

        public init(lowerCase: Bool = true, stripAccents: Bool = true, separateIdeographs: Bool = true) {
            self.lowerCase = lowerCase
            self.stripAccents = stripAccents
            self.separateIdeographs = separateIdeographs
        }
    }

    private let options: Options
    /// Most ids of one text, the two at its ends included.
    private let maximumTokens: Int
    /// By UTF-8: strings would take canonically equivalent pieces for the same.
    private let ids: [[UInt8]: Int]
    private let unknown: Int
    private let start: Int
    private let end: Int
    /// Pieces that stand for themselves wherever they are written in a text.
    private let special: [(scalars: [Unicode.Scalar], id: Int)]

    /// Longest word that is looked up, in Unicode scalars; a longer one is unknown.
    private static let wordLimit = 100

    /// - Parameters:
    ///   - vocabulary: the file's bytes: one piece a line, whose id is the number of the line from 0.
    ///   - maximumTokens: most ids of one text, at least 3; what is longer is cut off.
    /// - Throws: `TokenizerError` when the vocabulary lacks a piece that every encoder needs.
    public init(vocabulary: [UInt8], options: Options, maximumTokens: Int) throws(TokenizerError) {
        guard maximumTokens >= 3 else { throw .tooFewTokens(maximumTokens) }
        var lines = vocabulary.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var ids: [[UInt8]: Int] = [:]
        for (id, line) in lines.enumerated() {
            ids[Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)] = id
        }
        func id(of piece: String) throws(TokenizerError) -> Int {
            guard let id = ids[Array(piece.utf8)] else { throw .pieceMissing(piece) }
            return id
        }
        unknown = try id(of: "[UNK]")
        start = try id(of: "[CLS]")
        end = try id(of: "[SEP]")
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].compactMap { piece in
            ids[Array(piece.utf8)].map { (Array(piece.unicodeScalars), $0) }
        }
        self.ids = ids
        self.options = options
        self.maximumTokens = maximumTokens
    }

    /// The ids of a text, from the one that begins it to the one that ends it.
    public func ids(of text: String) -> [Int] {
        var result = [start]
        for part in parts(of: Array(text.unicodeScalars)) {
            guard result.count < maximumTokens - 1 else { break }
            switch part {
            case .special(let id): result.append(id)
            case .text(let scalars):
                for word in BasicTokenization.words(of: scalars, options) { append(word, to: &result) }
            }
        }
        return Array(result.prefix(maximumTokens - 1)) + [end]
    }

    private enum Part {
        case text(ArraySlice<Unicode.Scalar>)
        case special(Int)
    }

    private func parts(of scalars: [Unicode.Scalar]) -> [Part] {
        var parts: [Part] = []
        var begin = 0
        var cursor = 0
        while cursor < scalars.count {
            if scalars[cursor] == "[",
                let (piece, id) = special.first(where: { scalars[cursor...].starts(with: $0.scalars) })
            {
                parts.append(.text(scalars[begin..<cursor]))
                parts.append(.special(id))
                cursor += piece.count
                begin = cursor
            } else {
                cursor += 1
            }
        }
        return parts + [.text(scalars[begin...])]
    }

    /// Adds the pieces of a word, or the unknown one if some part of it is in no piece.
    private func append(_ word: [Unicode.Scalar], to result: inout [Int]) {
        guard word.count <= Self.wordLimit else { return result.append(unknown) }
        let pieces = word.map { Array(String($0).utf8) }
        var found: [Int] = []
        var begin = 0
        while begin < pieces.count {
            var candidate: [UInt8] = begin == 0 ? [] : [UInt8(ascii: "#"), UInt8(ascii: "#")]
            var longest: (id: Int, end: Int)?
            for (index, piece) in pieces[begin...].enumerated() {
                candidate += piece
                if let id = ids[candidate] { longest = (id, begin + index + 1) }
            }
            guard let longest else { return result.append(unknown) }
            found.append(longest.id)
            begin = longest.end
        }
        result += found
    }
}

/// Why there is no tokenizer.
public enum TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
    case pieceMissing(String)
    case tooFewTokens(Int)

    public var description: String {
        switch self {
        case .pieceMissing(let piece): "the vocabulary has no \(piece), which every BERT encoder needs"
        case .tooFewTokens(let count):
            "\(count) tokens per text leave no room for a word; at least 3 are needed"
        }
    }
}
