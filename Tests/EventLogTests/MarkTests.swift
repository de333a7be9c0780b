import EventLog
import Foundation
import Glibc
import Testing

@testable import struct EventLog.AcknowledgedMark
@testable import class EventLog.CommitWatch
@testable import struct EventLog.LogFiles
@testable import struct EventLog.LogID

@Suite struct MarkTests {
    let folder: TemporaryFolder
    private let files: LogFiles
    private let logID = LogID(bytes: [UInt8](1...16))

    init() throws {
        folder = try TemporaryFolder()
        files = LogFiles(folder: folder.path)
    }

    @Test("a mark that is set is what a writer would have written, without a byte more")
    func content() throws {
        let mark = try AcknowledgedMark(files, logID: logID, head: 7)
        #expect(try AcknowledgedMark.read(files, logID: logID) == .head(7))
        for head in [8, 1 << 40, .max, 0] as [UInt64] {
            mark.set(head: head)
            let set = try Data(contentsOf: URL(fileURLWithPath: files.acknowledged))
            try AcknowledgedMark.write(files, logID: logID, head: head)
            #expect(try Data(contentsOf: URL(fileURLWithPath: files.acknowledged)) == set)
            #expect(try AcknowledgedMark.read(files, logID: logID) == .head(head))
        }
    }

    @Test("the mark is set without a new time for its file, which commits would have to flush with theirs")
    func time() throws {
        let mark = try AcknowledgedMark(files, logID: logID, head: 0)
        func changed() throws -> timespec {
            var status = stat()
            try #require(stat(files.acknowledged, &status) == 0)
            return status.st_mtim
        }
        // The first store makes the page one that has to be written.
        mark.set(head: 1)
        let before = try changed()
        for head in 2...10 as ClosedRange<UInt64> {
            usleep(2000)
            mark.set(head: head)
        }
        let after = try changed()
        #expect(after.tv_sec == before.tv_sec && after.tv_nsec == before.tv_nsec)
        #expect(try AcknowledgedMark.read(files, logID: logID) == .head(10))
    }

    @Test("whoever watches the mark is told when it is set")
    func watching() throws {
        let mark = try AcknowledgedMark(files, logID: logID, head: 0)
        let notices = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        defer { close(notices) }
        #expect(inotify_add_watch(notices, files.acknowledged, CommitWatch.event) >= 0)
        var wait = pollfd(fd: notices, events: Int16(POLLIN), revents: 0)
        #expect(poll(&wait, 1, 0) == 0)
        mark.set(head: 1)
        #expect(poll(&wait, 1, 0) == 1)
    }
}
