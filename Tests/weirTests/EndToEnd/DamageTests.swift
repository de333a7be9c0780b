import Foundation
import Pool
import Testing

extension EndToEnd {
    /// Bytes of a copy of a log are changed (LOG-4).
    @Suite struct Damage {
        private struct Sample: RandomNumberGenerator {
            var state: UInt64
            // SplitMix64 (Steele, Lea, Flood 2014).
            mutating func next() -> UInt64 {
                state &+= 0x9E37_79B9_7F4A_7C15
                var value = state
                value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
                value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
                return value ^ (value >> 31)
            }
        }

        private func change(_ path: String, at offset: UInt64, by mask: UInt8) throws {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seek(toOffset: offset)
            let old = try #require(try file.read(upToCount: 1)?.first)
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data([old ^ mask]))
        }

        private func size(_ path: String) throws -> UInt64 {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return try #require((attributes[.size] as? NSNumber)?.uint64Value)
        }

        @Test(
            "whenever log shows something else, verify ends with 1 and names where; it never crashes (LOG-4)")
        func dataFile() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let sound = try await place.weir("log", "--json")
            let data = place.log + "/data.mdb"
            // Half of the sample is of bytes that hold something: most of a small file is empty pages.
            let bytes = try #require(FileManager.default.contents(atPath: data))
            let filled = bytes.indices.filter { bytes[$0] != 0 }
            var sample = Sample(state: 20_261_123)
            var (differed, found) = (0, 0)
            for round in 0..<60 {
                let copy = place.root + "/copy-\(round)"
                try FileManager.default.copyItem(atPath: place.log, toPath: copy)
                let candidates = round % 2 == 0 ? Array(bytes.indices) : filled
                let offset = UInt64(try #require(candidates.randomElement(using: &sample)))
                let mask = UInt8.random(in: 1...255, using: &sample)
                try change(copy + "/data.mdb", at: offset, by: mask)
                let verified = try await place.weir("verify", "--json", "--log", copy)
                let shown = try await place.weir("log", "--json", "--log", copy)
                let isDifferent = shown.status != 0 || shown.out != sound.out
                #expect(verified.signal == nil, "offset \(offset) ^ \(mask): \(verified)")
                #expect(verified.status != 0 || !isDifferent, "offset \(offset) ^ \(mask) is not found")
                if isDifferent { differed += 1 }
                if verified.status != 0 {
                    found += 1
                    try expectNamed(verified, isDifferent: isDifferent, "offset \(offset) ^ \(mask)")
                }
                try FileManager.default.removeItem(atPath: copy)
            }
            print("of 60 changes \(differed) showed in log, \(found) were found by verify")
            #expect(differed > 0, "the sample meets records")
        }

        private func expectNamed(_ verified: Ended, isDifferent: Bool, _ what: String) throws {
            if verified.status == 2 {
                // What does not even say that it is a log is refused as none.
                #expect(verified.err.contains("log"), "\(what): \(verified)")
                return
            }
            #expect(verified.status == 1, "\(what): \(verified)")
            let object = try verified.object()
            #expect(object["ok"] as? Bool == false)
            #expect((object["problem"] as? String)?.isEmpty == false, "\(what)")
            let firstBad = try #require(object["first_bad"] as? Int, "\(what): \(verified.out)")
            let events = try #require(object["events"] as? Int)
            #expect(isDifferent ? firstBad >= 1 : firstBad <= events + 1, "\(what): \(verified.out)")
        }

        @Test("a changed or missing blob is found, with the first event that names it")
        func blobs() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let events = try place.events()
            let named = try #require(events.first { $0.payload.name.description == "run_progressed" })
            guard case .runProgressed(let progressed) = named.payload else { return }
            let digest = try #require(progressed.outputs.digest).description
            let copy = place.root + "/blobs-copy"
            try FileManager.default.copyItem(atPath: place.log, toPath: copy)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            let files = FileManager.default.enumerator(atPath: copy + "/blobs")?.compactMap { $0 as? String }
            let name = try #require(
                files?.first { $0.replacing("/", with: "").hasSuffix(digest) || $0.hasSuffix(digest) })
            let blob = copy + "/blobs/" + name
            try change(blob, at: try size(blob) / 2, by: 1)
            let altered = try await place.weir("verify", "--json", "--log", copy)
            #expect(altered.status == 1, "\(altered)")
            #expect(try altered.object()["first_bad"] as? UInt64 == named.sequence, "\(altered.out)")
            try FileManager.default.removeItem(atPath: blob)
            let missing = try await place.weir("verify", "--json", "--log", copy)
            #expect(missing.status == 1, "\(missing)")
            #expect(try missing.object()["first_bad"] as? UInt64 == named.sequence, "\(missing.out)")
            let resumed = try await place.weir("run", "--resume", "3", "--log", copy)
            #expect(resumed.status == 1, "no result is shown in part: \(resumed)")
            #expect(resumed.out.isEmpty)
        }

        @Test("a file cut short is reported and never a crash")
        func truncated() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            for share in [0, 1, 2, 3] as [UInt64] {
                let copy = place.root + "/cut-\(share)"
                try FileManager.default.copyItem(atPath: place.log, toPath: copy)
                let file = try FileHandle(forUpdating: URL(fileURLWithPath: copy + "/data.mdb"))
                try file.truncate(atOffset: try size(copy + "/data.mdb") * share / 4)
                try file.close()
                let verified = try await place.weir("verify", "--log", copy)
                #expect(verified.status == 1 || verified.status == 2, "\(share)/4: \(verified)")
                #expect(!(verified.out + verified.err).isEmpty)
                try FileManager.default.removeItem(atPath: copy)
            }
        }
    }
}
