import Testing

@testable import BrowserExecutor

@Suite("A file that NumPy wrote") struct NumpyTests {
    @Test("is read with the type, shape and elements that NumPy gave it")
    func arrays() throws {
        let fixtures = try NumpyFixtures.load()
        #expect(fixtures.arrays.count == 22)
        for (name, expected) in fixtures.arrays {
            let tensor = try NumpyArray.tensor(named: name, NumpyFixtures.bytes(name + ".npy"))
            #expect(try tensor == expected.tensor(name), "\(name)")
        }
    }

    @Test("of complex numbers, objects, records or dates is refused in words that say so")
    func refused() throws {
        for name in try NumpyFixtures.load().refused {
            #expect {
                try NumpyArray.tensor(named: name, NumpyFixtures.bytes(name + ".npy"))
            } throws: { error in
                let words = "\((error as? NumpyArray.Malformed)?.reason ?? "")"
                return words.contains("taken are booleans") || words.contains("records")
            }
        }
    }

    @Test("that is cut off anywhere, or that goes on, is refused")
    func torn() throws {
        for name in ["float32.npy", "strings.npy", "columns_first.npy"] {
            let bytes = try NumpyFixtures.bytes(name)
            for length in 0..<bytes.count {
                #expect(throws: NumpyArray.Malformed.self) {
                    try NumpyArray.tensor(named: "x", Array(bytes[..<length]))
                }
            }
            #expect(throws: NumpyArray.Malformed.self) {
                try NumpyArray.tensor(named: "x", bytes + [0])
            }
        }
    }

    @Test("with any byte changed gives a whole tensor or a typed error")
    func damaged() throws {
        let sound = try NumpyFixtures.bytes("strings.npy")
        for index in sound.indices {
            for byte: UInt8 in [0, 0x7f, 0xff, sound[index] ^ 1] {
                var bytes = sound
                bytes[index] = byte
                do throws(NumpyArray.Malformed) {
                    let tensor = try NumpyArray.tensor(named: "x", bytes)
                    #expect(
                        Tensor(checking: "x", type: tensor.type, dims: tensor.dims, bytes: tensor.bytes)
                            != nil)
                } catch {
                    #expect(!error.reason.isEmpty)
                }
            }
        }
    }
}

@Suite("A zip file that NumPy wrote") struct ZipArchiveTests {
    @Test("gives all members, stored or deflated, as they were", arguments: ["stored.npz", "deflated.npz"])
    func members(_ file: String) throws {
        let expected = try NumpyFixtures.load().members
        let archive = try ZipArchive(NumpyFixtures.bytes(file))
        #expect(Set(archive.members.map(\.name)) == Set(expected.keys.map { $0 + ".npy" }))
        for member in archive.members {
            let name = String(member.name.dropLast(4))
            let tensor = try NumpyArray.tensor(named: name, archive.content(of: member))
            #expect(try tensor == expected[name]?.tensor(name), "\(name)")
        }
    }

    @Test("that is cut off anywhere is refused")
    func torn() throws {
        let bytes = try NumpyFixtures.bytes("pair.npz")
        for length in 0..<bytes.count {
            #expect(throws: ZipArchive.Malformed.self) { try ZipArchive(Array(bytes[..<length])) }
        }
    }

    @Test("with any byte changed gives members that have their checksum, or a typed error")
    func damaged() throws {
        let sound = try NumpyFixtures.bytes("pair_and_output.npz")
        let whole = try ZipArchive(sound)
        let contents = try whole.members.map { try whole.content(of: $0) }
        var refused = 0
        for index in sound.indices {
            for byte: UInt8 in [0, 0xff, sound[index] ^ 0x10] where byte != sound[index] {
                var bytes = sound
                bytes[index] = byte
                do throws(ZipArchive.Malformed) {
                    let archive = try ZipArchive(bytes)
                    for member in archive.members {
                        #expect(contents.contains(try archive.content(of: member)))
                    }
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > sound.count)
    }

    @Test("has the checksum of the standard's example")
    func checksum() {
        #expect(ZipArchive.checksum(Array("123456789".utf8)) == 0xcbf4_3926)
    }
}

@Suite("Deflated data") struct InflateTests {
    /// What zlib makes of "hello hello hello hello" with a fixed code, and of ten zeros stored.
    static let blocks: [(packed: [UInt8], size: Int, content: [UInt8])] = [
        (
            [0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 0x01], 23,
            Array("hello hello hello hello".utf8)
        ),
        ([0x01, 0x02, 0x00, 0xfd, 0xff, 0x41, 0x42], 2, [0x41, 0x42]),
        ([0x03, 0x00], 0, []),
    ]

    @Test("is unpacked, block by block", arguments: blocks)
    func unpacks(_ packed: [UInt8], _ size: Int, _ content: [UInt8]) throws {
        #expect(try Inflate.unpack(packed[...], size: size) == content)
    }

    @Test("that is cut off, unsound, or longer or shorter than said is refused", arguments: blocks)
    func refused(_ packed: [UInt8], _ size: Int, _ content: [UInt8]) {
        for length in packed.indices {
            #expect(throws: Inflate.Malformed.self) { try Inflate.unpack(packed[..<length], size: size) }
        }
        for wrong in [size + 1, size - 1] where wrong >= 0 {
            #expect(throws: Inflate.Malformed.self) { try Inflate.unpack(packed[...], size: wrong) }
        }
        // A block of the kind that there is none of, and a distance before the beginning.
        for unsound: [UInt8] in [[0x07], [0x4b, 0x04, 0x91, 0x00]] {
            #expect(throws: Inflate.Malformed.self) { try Inflate.unpack(unsound[...], size: 100) }
        }
    }
}
