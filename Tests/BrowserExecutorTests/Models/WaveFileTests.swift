import Foundation
import Testing

@testable import BrowserExecutor

/// Makes WAV files.
enum WaveFixture {
    static func little(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        Array(name.utf8) + little(content.count, bytes: 4) + content
            + [UInt8](repeating: 0, count: content.count % 2)
    }

    static func format(
        _ number: Int = 1, channels: Int = 1, rate: Int = 16000, bits: Int = 16, isExtended: Bool = false
    ) -> [UInt8] {
        let frame = channels * bits / 8
        var fields = little(isExtended ? 0xFFFE : number, bytes: 2) + little(channels, bytes: 2)
        fields += little(rate, bytes: 4) + little(rate * frame, bytes: 4) + little(frame, bytes: 2)
        fields += little(bits, bytes: 2)
        if isExtended {
            fields += little(22, bytes: 2) + little(bits, bytes: 2) + little(0, bytes: 4)
            fields += little(number, bytes: 2) + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        return chunk("fmt ", fields)
    }

    static func file(_ chunks: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + little(4 + chunks.count, bytes: 4) + Array("WAVE".utf8) + chunks
    }
}

@Suite("A WAV file") struct WaveFileTests {
    private func samples(
        _ format: [UInt8], _ data: [UInt8], before: [UInt8] = []
    ) throws -> [Float] {
        try WaveFile(WaveFixture.file(format + before + WaveFixture.chunk("data", data))).samples
    }

    @Test("gives its samples from -1 to 1, whatever their width")
    func widths() throws {
        #expect(try samples(WaveFixture.format(bits: 8), [0, 64, 128, 192]) == [-1, -0.5, 0, 0.5])
        #expect(try samples(WaveFixture.format(), [0, 0x80, 0, 0x40, 0xFF, 0xFF]) == [-1, 0.5, -1 / 32768])
        #expect(
            try samples(WaveFixture.format(bits: 24), [0, 0, 0x80, 0, 0, 0x40, 0xFF, 0xFF, 0xFF])
                == [-1, 0.5, -1 / 8_388_608])
        #expect(try samples(WaveFixture.format(bits: 32), [0, 0, 0, 0x80, 0, 0, 0, 0x40]) == [-1, 0.5])
        let floats: [Float] = [-0.25, 0.75]
        let bytes = floats.withUnsafeBytes(Array.init)
        #expect(try samples(WaveFixture.format(3, bits: 32), bytes) == floats)
        let extended = WaveFixture.format(3, bits: 32, isExtended: true)
        #expect(try samples(extended, bytes) == floats)
    }

    @Test("is mixed to one channel, and chunks that it does not need are passed over, odd ones too")
    func channels() throws {
        let list = WaveFixture.chunk("LIST", [1, 2, 3])
        let data: [UInt8] = [0, 0x40, 0, 0, 0, 0, 0, 0x80, 0, 0x80, 0, 0x80]
        let mixed = try samples(WaveFixture.format(channels: 3), data, before: list)
        #expect(mixed.count == 2)
        #expect(abs(mixed[0] - 0.5 / 3) < 1e-6)
        #expect(mixed[1] == -1)
    }

    @Test(
        "that is torn, empty, or of another encoding is refused with what is wrong", arguments: Fault.allCases
    )
    func refused(_ fault: Fault) {
        let error = #expect(throws: WaveFile.Malformed.self) { try WaveFile(fault.file) }
        #expect(error?.description.contains(fault.word) == true, "\(String(describing: error))")
    }

    enum Fault: String, CaseIterable, Sendable {
        case other, torn, noFormat, noData, empty, odd, law, wide, noChannel, rate, frame, notANumber
        case shortFormat

        var file: [UInt8] {
            func file(_ format: [UInt8], _ data: [UInt8] = [0, 0]) -> [UInt8] {
                WaveFixture.file(format + WaveFixture.chunk("data", data))
            }
            switch self {
            case .other: return Array("RIFX????WAVE".utf8)
            case .torn: return file(WaveFixture.format(), [0, 0, 0, 0]).dropLast(3)
            case .noFormat: return file([])
            case .noData: return WaveFixture.file(WaveFixture.format())
            case .empty: return file(WaveFixture.format(), [])
            case .odd: return file(WaveFixture.format(), [0, 0, 0])
            case .law: return file(WaveFixture.format(7, bits: 8))
            case .wide: return file(WaveFixture.format(3, bits: 64))
            case .noChannel: return file(WaveFixture.format(channels: 0))
            case .rate: return file(WaveFixture.format(rate: 7))
            case .frame:
                var format = WaveFixture.format()
                format[20] = 4
                return file(format)
            case .notANumber: return file(WaveFixture.format(3, bits: 32), [0, 0, 0xC0, 0x7F])
            case .shortFormat: return file(WaveFixture.chunk("fmt ", [1, 0, 1, 0]))
            }
        }

        var word: String {
            switch self {
            case .other: "RIFF"
            case .torn: "should have 4 bytes, but the file ends after 1"
            case .noFormat: "\"fmt \""
            case .noData: "\"data\""
            case .empty: "no samples"
            case .odd: "no multiple of 2"
            case .law: "format 7 with 8 bits"
            case .wide: "format 3 with 64 bits"
            case .noChannel: "no channel"
            case .rate: "7 Hz"
            case .frame: "says 4 bytes for a moment"
            case .notANumber: "no number"
            case .shortFormat: "4 bytes"
            }
        }
    }
}

@Suite("Resampling") struct ResamplerTests {
    private func tone(_ frequency: Double, rate: Int, seconds: Double = 0.25) -> [Float] {
        (0..<Int(Double(rate) * seconds)).map { Float(sin(2 * .pi * frequency * Double($0) / Double(rate))) }
    }

    @Test("keeps what both rates can hold, in length and in time", arguments: [8000, 22050, 44100, 48000])
    func tones(rate: Int) {
        let resampled = Resampler(from: rate, to: 16000).resampled(tone(440, rate: rate))
        let expected = tone(440, rate: 16000)
        #expect(abs(resampled.count - expected.count) <= 1)
        let worst = zip(resampled, expected).dropFirst(400).dropLast(400).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-4)
    }

    @Test("leaves out what the lower rate cannot hold, and keeps what is constant")
    func stopband() {
        let high = Resampler(from: 48000, to: 16000).resampled(tone(9000, rate: 48000))
        #expect(high.dropFirst(400).dropLast(400).allSatisfy { abs($0) < 1e-3 })
        let flat = Resampler(from: 44100, to: 16000).resampled([Float](repeating: 0.5, count: 9000))
        #expect(flat.dropFirst(100).dropLast(100).allSatisfy { abs($0 - 0.5) < 1e-6 })
        #expect(Resampler(from: 16000, to: 16000).resampled([1, 2, 3]) == [1, 2, 3])
    }
}
