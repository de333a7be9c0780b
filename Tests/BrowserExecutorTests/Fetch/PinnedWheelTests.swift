import Foundation
import PackageIndex
import Pool
import PoolEngine
import Synchronization
import Testing

@testable import BrowserExecutor

@Suite("A pinned wheel", .timeLimit(.minutes(1))) struct PinnedWheelTests {
    /// 3 MB, more than what the sockets of a broken connection hold.
    private static let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }

    private final class Place: Sendable {
        let cache: TemporaryFolder
        let pin: PinnedWheel
        let environment: [String: String]
        let seen = Mutex<[FetchProgress]>([])

        init(_ environment: [String: String]) throws {
            cache = try TemporaryFolder()
            pin = PinnedWheel(
                package: "weir-test", version: "1.0",
                sha256: Digest(sha256: PinnedWheelTests.bytes).description)
            self.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        }

        var partial: String { "\(cache.path)/fetching/\(pin.sha256).whl" }
        var partialBytes: Int { FileManager.default.contents(atPath: partial)?.count ?? 0 }
        var progress: [FetchProgress] { seen.withLock { $0 } }

        /// Fetches, and says whether what was fetched are the bytes.
        func fetch(unless isDone: () -> Bool = { false }) throws -> Bool? {
            seen.withLock { $0 = [] }
            return try pin.fetch(
                cache: cache.path, environment: environment,
                progress: { happened in seen.withLock { $0.append(happened) } }, unless: isDone,
                use: {
                    FileManager.default.contents(atPath: $0.path).map { [UInt8]($0) }
                        == PinnedWheelTests.bytes
                })
        }
    }

    private func index(
        _ change: (inout PackageIndex.Behaviour) -> Void = { _ in }
    ) async throws -> PackageIndex {
        var behaviour = PackageIndex.Behaviour()
        change(&behaviour)
        return try await PackageIndex(
            package: "weir-test", version: "1.0", wheel: Self.bytes, behaviour: behaviour)
    }

    @Test(
        "is fetched from the index that pip is configured with, its progress shown, and nothing of it stays")
    func whole() async throws {
        let index = try await index()
        let place = try Place(index.environment)
        #expect(try place.fetch() == true)
        #expect(index.starts == [0])
        #expect(place.progress.last == .fetched(bytes: 3_000_000, total: 3_000_000))
        #expect(!FileManager.default.fileExists(atPath: place.partial))
    }

    @Test("goes on by itself where its connection breaks, and asks only for what is missing")
    func breaks() async throws {
        let index = try await index { $0.breaks = [1_000_000, 500_000] }
        let place = try Place(index.environment)
        #expect(try place.fetch() == true)
        #expect(index.starts == [0, 1_000_000, 1_500_000])
        #expect(place.progress.contains(.continuing(at: 1_000_000)))
    }

    @Test("is kept as far as it came when it fails, and the next attempt goes on from there")
    func resumes() async throws {
        let index = try await index { $0.breaks = [700_000, 0, 0, 0] }
        let place = try Place(index.environment)
        let error = #expect(throws: FetchError.self) { try place.fetch() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("the same command goes on"))
        #expect(place.partialBytes == 700_000)
        #expect(try place.fetch() == true)
        #expect(index.starts == [0, 700_000, 700_000, 700_000, 700_000])
        #expect(place.progress.first == .continuing(at: 700_000))
    }

    @Test("is fetched from its beginning where the server gives no ranges")
    func noRanges() async throws {
        let index = try await index {
            $0.breaks = [700_000]
            $0.givesRanges = false
        }
        let place = try Place(index.environment)
        #expect(try place.fetch() == true)
        #expect(index.starts == [0, 0])
        #expect(place.progress.contains(.anew(reason: "the server does not give parts of files")))
    }

    @Test("is fetched anew when what is there is not its beginning, or more than all of it")
    func corrupt() async throws {
        let index = try await index()
        let place = try Place(index.environment)
        for there in [Array(Self.bytes.prefix(1_000_000).reversed()), Self.bytes + [0]] {
            try place.cache.write(there, to: "fetching/\(place.pin.sha256).whl")
            #expect(try place.fetch() == true)
            #expect(
                place.progress.contains { if case .anew = $0 { true } else { false } }, "\(place.progress)")
        }
    }

    @Test("with other contents is refused, and nothing of it stays")
    func otherContents() async throws {
        let other = try await PackageIndex(package: "weir-test", version: "1.0", wheel: Array("other".utf8))
        let place = try Place(other.environment)
        let error = #expect(throws: FetchError.self) { try place.fetch() }
        guard case .otherContents = error else { throw try #require(error) }
        #expect(!FileManager.default.fileExists(atPath: place.partial))
        let none = try Place(other.environment.merging(["PIP_INDEX_URL": "", "PIP_NO_INDEX": "1"]) { $1 })
        #expect(throws: FetchError.self) { try none.fetch() }
    }

    @Test("comes from a folder that pip is configured with, without any index")
    func findLinks() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.bytes, to: "weir_test-1.0-py3-none-any.whl")
        let place = try Place([
            "PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": folder.path,
        ])
        #expect(try place.fetch() == true)
        withExtendedLifetime(folder) {}
    }

    @Test("is fetched once when two want it at once: the second waits, and finds it done")
    func twoAtOnce() async throws {
        let index = try await index { $0.pauseMs = 20 }
        let place = try Place(index.environment)
        let isDone = Mutex(false)
        async let first = Self.onThread { try place.fetch() }
        while index.starts.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        let waited = Mutex(false)
        async let second = Self.onThread {
            try place.pin.fetch(
                cache: place.cache.path, environment: place.environment,
                progress: { if $0 == .waiting { waited.withLock { $0 = true } } },
                unless: { isDone.withLock { $0 } }, use: { _ in true })
        }
        while !waited.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
        isDone.withLock { $0 = true }
        #expect(try await first == true)
        #expect(try await second == nil)
        #expect(index.starts == [0])
    }

    /// Work that blocks its thread, which must be none of those that tests run on.
    private static func onThread(_ work: @escaping @Sendable () throws -> Bool?) async throws -> Bool? {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
        }
    }
}
