import Foundation
import Testing

@testable import BrowserExecutor

@Suite("Model inputs") struct ModelInputsTests {
    let folder: TemporaryFolder
    let model: ModelPackage

    init() throws {
        folder = try TemporaryFolder()
        model = try ModelCatalog(environment: ["WEIR_CACHE": "/nowhere"]).model(named: "digits")
    }

    private func read(_ text: String, as name: String = "inputs.csv") throws -> ModelInputs {
        try ModelInputs(file: folder.write(text, to: name), for: model)
    }

    private func reason(_ text: String) throws -> (line: Int, reason: String)? {
        let path = try folder.write(text, to: "inputs.csv")
        let error = #expect(throws: InputError.self) { try ModelInputs(file: path, for: model) }
        guard case .malformed(path, let line, let reason)? = error else { return nil }
        return (line, reason)
    }

    private func row(_ value: String = "1", _ count: Int = 64) -> String {
        Array(repeating: value, count: count).joined(separator: ",")
    }

    private var names: String { (0..<64).map { "p\($0)" }.joined(separator: ",") }

    @Test("from a table are little-endian float32, row by row")
    func packed() throws {
        let inputs = try read(row("0.5") + "\n" + row("16") + "\n")
        #expect(inputs.count == 2)
        #expect(inputs.labels.isEmpty)
        #expect(inputs.bytes.count == 2 * 64 * 4)
        #expect(Array(inputs.bytes.prefix(4)) == [0, 0, 0, 0x3F])
        #expect(Array(inputs.bytes.suffix(4)) == [0, 0, 0x80, 0x41])
    }

    @Test("from a table may have a header, labels, blank lines, spaces, CRLF and a byte order mark")
    func header() throws {
        let text = "\u{FEFF}\(names),label\r\n\r\n\(row(" 2 ")), seven \r\n\(row("3")),8\r\n"
        let inputs = try read(text)
        #expect(inputs.count == 2)
        #expect(inputs.labels == ["seven", "8"])
    }

    @Test("keep the first row of a table that begins with a byte order mark")
    func byteOrderMark() throws {
        #expect(try read("\u{FEFF}" + row() + "\n" + row()).count == 2)
    }

    @Test("have labels only if every row has one")
    func someLabels() throws {
        #expect(try read(row() + ",a\n" + row()).labels.isEmpty)
        #expect(try read(row() + "\n" + row() + ",b").labels.isEmpty)
    }

    @Test("must fit the model, and the line that does not is named")
    func refused() throws {
        #expect(try #require(try reason(row() + "\n" + row("1", 63))).line == 2)
        #expect(try #require(try reason(names + "\n" + row("1", 66))).line == 2)
        for bad in ["16.5", "-1", "nan", "inf", "x", ""] {
            let found = try #require(try reason(row() + "\n1,\(bad)," + row("1", 62)))
            #expect(found.line == 2)
            #expect(found.reason.contains("cell 2 is \"\(bad)\""))
        }
    }

    @Test("do not take a first row with a slip for a header")
    func slip() throws {
        let found = try #require(try reason("o," + row("1", 63) + "\n" + row()))
        #expect(found.line == 1)
    }

    @Test("are never none", arguments: ["", "\n\n"])
    func empty(_ text: String) throws {
        #expect(try reason(text) != nil)
        #expect(try reason(names + text) != nil)
    }

    @Test("are refused from what is no text, no file, and of no known kind")
    func unreadable() throws {
        let binary = try folder.write([0x31, 0xFF, 0xFE], to: "binary.csv")
        let error = #expect(throws: InputError.self) { try ModelInputs(file: binary, for: model) }
        #expect(error?.description.contains("UTF-8") == true)
        #expect(throws: InputError.unreadable(path: "/nowhere.csv")) {
            try ModelInputs(file: "/nowhere.csv", for: model)
        }
        #expect(throws: InputError.unreadable(path: folder.path)) {
            try ModelInputs(file: folder.path, for: model)
        }
        let png = try folder.write("x", to: "image.png")
        #expect(throws: InputError.unknownFormat(path: png)) { try ModelInputs(file: png, for: model) }
    }

    @Test("from a grey image take black for the largest value")
    func image() throws {
        let pixels = ["0", "255"] + Array(repeating: "51", count: 62)
        let inputs = try read("P2 8 8 255 " + pixels.joined(separator: " "), as: "image.PGM")
        #expect(inputs.count == 1)
        let values = stride(from: 0, to: 12, by: 4).map { start in
            Float(bitPattern: inputs.bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
        #expect(values[0] == 16)
        #expect(values[1] == 0)
        #expect(abs(values[2] - 12.8) < 1e-5)
    }

    @Test("from an image of another size, or none, are refused")
    func otherSize() throws {
        let small = try folder.write("P2 2 1 1 0 1", to: "small.pgm")
        let error = #expect(throws: InputError.self) { try ModelInputs(file: small, for: model) }
        #expect(error?.description.contains("2×1; the model takes 8×8") == true)
        let none = try folder.write("GIF89a", to: "none.pgm")
        #expect(throws: InputError.self) { try ModelInputs(file: none, for: model) }
    }

    @Test("of several files stand one after the other, with labels only if all have them")
    func appended() throws {
        let labelled = try read(row("1") + ",a")
        let other = try read(row("2") + ",b\n" + row("3") + ",c")
        let bare = try read(row("4"))
        var inputs = labelled
        inputs.append(other)
        #expect(inputs.count == 3)
        #expect(inputs.bytes == labelled.bytes + other.bytes)
        #expect(inputs.labels == ["a", "b", "c"])
        inputs.append(bare)
        #expect(inputs.count == 4)
        #expect(inputs.labels.isEmpty)
        inputs.append(labelled)
        #expect(inputs.labels.isEmpty)
        var fromNothing = ModelInputs()
        fromNothing.append(labelled)
        #expect(fromNothing == labelled)
    }
}

@Suite("A grey image") struct GreyImageTests {
    private func image(_ header: String, _ samples: [UInt8] = []) throws -> GreyImage {
        try GreyImage(pgm: Array(header.utf8) + samples)
    }

    @Test("is read plain and raw, in one byte and in two, with comments")
    func read() throws {
        let expected = GreyImage(width: 3, height: 1, pixels: [0, 0.5, 1])
        #expect(try image("P2\n# made by hand\n3 1 # size\n2\n0 1 2\n") == expected)
        #expect(try image("P5 3 1 2\n", [0, 1, 2]) == expected)
        #expect(try image("P5\n#c\n3\t1\n512\n", [0, 0, 1, 0, 2, 0]) == expected)
        // A sample may look like white space or a comment.
        #expect(try image("P5 2 1 255\n", [0x0A, 0x23]).pixels == [10.0 / 255, 35.0 / 255])
    }

    @Test(
        "that is malformed is refused",
        arguments: [
            "", "P", "P3 1 1 1 0 0 0", "P2", "P2 1", "P2 0 1 1 0", "P2 1 -1 1 0", "P2 1 1 0 0",
            "P2 1 1 65536 0", "P2 4097 1 1 0", "P2 99999999999999999999 1 1 0", "P2 2 1 1 0",
            "P2 1 1 1 2", "P2 1 1 1 -1", "P2 1 1 1 x", "P5 2 1 255\n.", "P5 1 1 65535\n.", "P5 1 1 255",
            "P5 4096 4096 65535\n", "P2 # no end",
        ])
    func malformed(_ text: String) {
        #expect(throws: GreyImage.Malformed.self) { try image(text) }
    }

    @Test("holds no sample above its largest value")
    func overflow() {
        #expect(throws: GreyImage.Malformed.self) { try image("P5 1 1 7\n", [8]) }
    }
}
