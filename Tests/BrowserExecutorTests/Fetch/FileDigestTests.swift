import Foundation
import Testing

@testable import BrowserExecutor

@Suite("A fetched file")
struct FileDigestTests {
    /// SHA-256 of "abc" (FIPS 180-4, example in appendix B.1 of FIPS 180-2).
    private static let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("is taken only with the digest that is known")
    func digest() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("digest-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: FetchError.self) { try FileDigest.check(path, sha256: Self.digest) }
        try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
        try FileDigest.check(path, sha256: Self.digest)
        let other = String(repeating: "0", count: 64)
        let name = (path as NSString).lastPathComponent
        #expect(throws: FetchError.otherContents(file: name, expected: other, actual: Self.digest)) {
            try FileDigest.check(path, sha256: other)
        }
    }

    @Test("that cannot be had says what to do, and what stays")
    func messages() {
        #expect("\(FetchError.pipMissing)".contains("apt-get install python3-pip"))
        let refused = FetchError.notDownloaded(package: "p==1", reason: "no network")
        #expect(
            "\(refused)"
                == "p==1 could not be fetched: no network; what was fetched of it is kept, and the same command goes on"
        )
    }
}
