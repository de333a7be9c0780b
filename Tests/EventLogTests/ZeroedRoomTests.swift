import EventLog
import Foundation
import Testing

@testable import struct EventLog.LogFiles
@testable import struct EventLog.ZeroedRoom

@Suite struct ZeroedRoomTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func size(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    @Test("zeros are written rarely, behind the end alone, and never after large commits")
    func extending() throws {
        let files = LogFiles(folder: folder.path)
        let content = Data(repeating: 7, count: 1 << 20)
        try content.write(to: URL(fileURLWithPath: files.data))
        var room = try ZeroedRoom(behind: content.count - 4096, in: files)
        room.extend(behind: content.count)
        let extended = try Data(contentsOf: URL(fileURLWithPath: files.data))
        #expect(extended == content + Data(count: 256 << 10))
        // There is room now, so nothing is written for the next small commits, nor for a large one.
        room.extend(behind: content.count + 8192)
        room.extend(behind: content.count + 8192 + (512 << 10))
        #expect(try size(files.data) == extended.count)
    }

    @Test("a disk on which no zeros can be written is left to LMDB")
    func fullDisk() throws {
        let files = LogFiles(folder: folder.path)
        try FileManager.default.createSymbolicLink(atPath: files.data, withDestinationPath: "/dev/full")
        var room = try ZeroedRoom(behind: 1 << 20, in: files)
        room.extend(behind: (1 << 20) + 4096)
    }

    @Test("a log grows by zeros ahead of its pages, and is sound with them")
    func log() async throws {
        let log = try EventLog.open(at: folder.log())
        for _ in 0..<40 {
            var step = Step()
            for _ in 0..<100 { step.append([UInt8](repeating: 3, count: 200)) }
            try await log.append(step)
        }
        log.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: LogFiles(folder: folder.log()).data))
        #expect(bytes.suffix(4096).allSatisfy { $0 == 0 })
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok, "\(report)")
    }
}
