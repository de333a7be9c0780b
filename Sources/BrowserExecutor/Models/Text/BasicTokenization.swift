import Foundation

/// The first half of BERT's tokenization: from text to words and punctuation marks.
enum BasicTokenization {
    static func words(
        of text: ArraySlice<Unicode.Scalar>, _ options: WordPieceTokenizer.Options
    ) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = []
        var word: [Unicode.Scalar] = []
        func endWord() {
            if !word.isEmpty { words.append(word) }
            word = []
        }
        for scalar in normalised(text, options) {
            if scalar.properties.isWhitespace {
                endWord()
            } else if isPunctuation(scalar) {
                endWord()
                words.append([scalar])
            } else {
                word.append(scalar)
            }
        }
        endWord()
        return words
    }

    private static func normalised(
        _ text: ArraySlice<Unicode.Scalar>, _ options: WordPieceTokenizer.Options
    ) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for scalar in text where !isRemoved(scalar) {
            if scalar.properties.isWhitespace {
                scalars.append(" ")
            } else if options.separateIdeographs, isIdeograph(scalar) {
                scalars += [" ", scalar, " "]
            } else {
                scalars.append(scalar)
            }
        }
        if options.stripAccents {
            var string = String.UnicodeScalarView()
            string.append(contentsOf: scalars)
            scalars = String(string).decomposedStringWithCanonicalMapping.unicodeScalars.filter {
                $0.properties.generalCategory != .nonspacingMark
            }
        }
        // Scalar by scalar: a word's last sigma stays what a sigma is elsewhere.
        return options.lowerCase
            ? scalars.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) } : scalars
    }

    /// Controls and formats, which say nothing; tabulators and line ends are white space.
    private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": return false
        case "\u{0}", "\u{FFFD}": return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate: return true
        default: return false
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // BERT takes every sign of ASCII that is no letter, digit or space for punctuation.
        case 33...47, 58...64, 91...96, 123...126: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    /// The blocks of CJK ideographs that BERT names; Japanese syllables and Hangul are written as words.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}
