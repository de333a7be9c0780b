import Foundation

/// Sound of a WAV file: one channel, samples from -1 to 1.
///
/// Read are RIFF/WAVE files (IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991)
/// with integers of 8, 16, 24 or 32 bits or floats of 32, plain or as WAVE_FORMAT_EXTENSIBLE. Several channels are mixed
/// to one, their mean.
public struct WaveFile: Sendable, Equatable {
    /// Samples per second.
    public let rate: Int
    public let samples: [Float]

    /// Why the bytes are not sound that can be read; says what would be right.
    public struct Malformed: Error, Equatable, CustomStringConvertible {
        public let description: String

        init(_ description: String) { self.description = description }
    }

    /// Rates that are read, in samples per second.
    static let rates = 1000...384_000

    public init(_ bytes: [UInt8]) throws(Malformed) {
        let chunks = try Self.chunks(of: bytes)
        guard let description = chunks.format else {
            throw Malformed("it has no format chunk (\"fmt \") before its samples")
        }
        let format = try Format(description)
        guard let data = chunks.data else { throw Malformed("it has no samples (no chunk \"data\")") }
        guard data.count % format.frameBytes == 0 else {
            throw Malformed(
                "its \(data.count) bytes of samples are no multiple of \(format.frameBytes), the bytes of a moment"
            )
        }
        guard !data.isEmpty else { throw Malformed("it has no samples") }
        rate = format.rate
        samples = format.samples(data)
        guard samples.allSatisfy(\.isFinite) else { throw Malformed("it has a sample that is no number") }
    }

    private static func chunks(
        of bytes: [UInt8]
    ) throws(Malformed) -> (format: ArraySlice<UInt8>?, data: ArraySlice<UInt8>?) {
        guard bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)),
            bytes[8..<12].elementsEqual("WAVE".utf8)
        else { throw Malformed("it is no WAV file (it does not begin with RIFF and WAVE)") }
        var format: ArraySlice<UInt8>?
        var at = 12
        while at + 8 <= bytes.count {
            let name = String(decoding: bytes[at..<at + 4], as: UTF8.self)
            let size = Int(bytes[(at + 4)...].integer(bytes: 4))
            let start = at + 8
            guard size <= bytes.count - start else {
                throw Malformed(
                    "its chunk \"\(name)\" should have \(size) bytes, but the file ends after "
                        + "\(bytes.count - start) of them")
            }
            let content = bytes[start..<start + size]
            if name == "data" { return (format, content) }
            if name == "fmt " { format = content }
            // A chunk of odd length is followed by a byte that belongs to none.
            at = start + size + size % 2
        }
        return (format, nil)
    }

    private struct Format {
        let rate: Int
        let channels: Int
        let encoding: Encoding

        /// Bytes of the samples of all channels at one moment.
        var frameBytes: Int { channels * encoding.bytes }

        enum Encoding {
            case integer(bytes: Int)
            case float

            var bytes: Int {
                switch self {
                case .integer(let bytes): bytes
                case .float: 4
                }
            }
        }

        /// The end of a subformat's identifier, whose beginning is a plain format's number.
        private static let subformatTail: [UInt8] = [
            0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
        ]

        init(_ chunk: ArraySlice<UInt8>) throws(Malformed) {
            guard chunk.count >= 16 else {
                throw Malformed("its format chunk has \(chunk.count) bytes; at least 16 are needed")
            }
            let fields = Array(chunk)
            var number = fields.integer(bytes: 2)
            let bits = Int(fields[14...].integer(bytes: 2))
            if number == 0xFFFE {
                guard fields.count >= 40, fields[26..<40].elementsEqual(Self.subformatTail) else {
                    throw Malformed("its extended format names no encoding that is read")
                }
                number = fields[24...].integer(bytes: 2)
            }
            switch (number, bits) {
            case (1, 8), (1, 16), (1, 24), (1, 32): encoding = .integer(bytes: bits / 8)
            case (3, 32): encoding = .float
            default:
                throw Malformed(
                    "its encoding is format \(number) with \(bits) bits; read are integers (format 1) of 8, 16, 24 or "
                        + "32 bits and floats (format 3) of 32")
            }
            channels = Int(fields[2...].integer(bytes: 2))
            guard channels > 0 else { throw Malformed("it says that it has no channel") }
            rate = Int(fields[4...].integer(bytes: 4))
            guard WaveFile.rates.contains(rate) else {
                throw Malformed("its rate is \(rate) Hz; \(WaveFile.rates) are possible")
            }
            let frame = Int(fields[12...].integer(bytes: 2))
            guard frame == channels * encoding.bytes else {
                throw Malformed(
                    "it says \(frame) bytes for a moment; \(channels) channels of \(bits) bits have "
                        + "\(channels * encoding.bytes)")
            }
        }

        func samples(_ data: ArraySlice<UInt8>) -> [Float] {
            data.withUnsafeBytes { data in
                let frames = data.count / frameBytes
                return [Float](unsafeUninitializedCapacity: frames) { result, count in
                    for frame in 0..<frames {
                        var sum = 0.0
                        for channel in 0..<channels {
                            sum += value(data, at: frame * frameBytes + channel * encoding.bytes)
                        }
                        result[frame] = Float(sum / Double(channels))
                    }
                    count = frames
                }
            }
        }

        private func value(_ data: UnsafeRawBufferPointer, at offset: Int) -> Double {
            func load<Value>(_ type: Value.Type) -> Value {
                data.loadUnaligned(fromByteOffset: offset, as: type)
            }
            switch encoding {
            case .float: return Double(Float(bitPattern: UInt32(littleEndian: load(UInt32.self))))
            // The only width without a sign.
            case .integer(bytes: 1): return (Double(data[offset]) - 128) / 128
            case .integer(bytes: 2): return Double(Int16(littleEndian: load(Int16.self))) / 32768
            case .integer(bytes: 3):
                let upper = Int32(Int8(bitPattern: data[offset + 2])) << 16
                return Double(upper | Int32(data[offset + 1]) << 8 | Int32(data[offset])) / 8_388_608
            case .integer: return Double(Int32(littleEndian: load(Int32.self))) / 2_147_483_648
            }
        }
    }
}

extension Collection<UInt8> {
    /// The little-endian integer at the beginning.
    fileprivate func integer(bytes count: Int) -> UInt32 {
        prefix(count).enumerated().reduce(0) { $0 | UInt32($1.element) << (8 * UInt32($1.offset)) }
    }
}
