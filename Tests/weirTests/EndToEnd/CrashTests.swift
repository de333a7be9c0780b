import Foundation
import Pool
import Projections
import Testing

extension EndToEnd {
    /// `weir` itself ends in the middle of a run.
    @Suite struct Crashes {
        static let items = Faults.items

        private func startedRun(_ place: Workplace) async throws -> (running: RunningWeir, browser: Int32) {
            let running = try place.start(["run", "--items", "\(Self.items)", "--json"])
            let events = try await place.events(until: "recorded result") {
                $0.ofType("run_progressed").count >= 3
            }
            return (running, try #require(events.browserPID))
        }

        private func expectResumes(_ place: Workplace) async throws {
            let before = try place.events()
            let done = try #require(before.history[TaskID(3)]).itemsDone
            #expect(done >= 3 * 64)
            #expect(done < Self.items)
            let resumed = try await place.weir("run", "--resume", "3", "--json")
            #expect(resumed.status == 0, "\(resumed)")
            #expect((try resumed.object()["outputs"] as? [Any])?.count == Int(Self.items))
            let events = try place.events()
            #expect(Array(events.prefix(before.count)) == before, "what was recorded stays (LOG-3)")
            expectEachItemOnce(events, of: TaskID(3), items: Self.items)
            let again = try await place.weir("run", "--resume", "3", "--json")
            #expect(again.status == 0)
            #expect(try place.events().count == events.count, "a finished task is only read")
            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.leftovers() == [])
        }

        enum Stopped: String, CaseIterable, Sendable { case nothing, gpu }

        @Test(
            "after kill -9 of weir no Chrome is left within 2 s, and the task is resumed (EXEC-2, LOG-3)",
            arguments: Stopped.allCases)
        func killed(stopped: Stopped) async throws {
            let place = try Workplace()
            let (running, browser) = try await startedRun(place)
            #expect(place.processes().count > 4, "there is something to be left")
            if stopped == .gpu {
                let gpu = try #require(Faults.children(of: browser, type: "gpu-process").first)
                kill(gpu, SIGSTOP)
            }
            running.send(SIGKILL)
            #expect(try await place.leftovers(after: .seconds(2)) == [])
            #expect(try await running.end().signal == SIGKILL)
            #expect(try await place.weir("verify").status == 0)
            try await expectResumes(place)
        }

        @Test("Ctrl-C closes the browsers, suspends the task and ends with 130; the task is resumed")
        func interrupted() async throws {
            let place = try Workplace()
            let (running, _) = try await startedRun(place)
            running.send(SIGINT)
            let ended = try await running.end()
            #expect(ended.status == 130, "\(ended)")
            #expect(try await place.leftovers() == [])
            let task = try #require(try ended.object()["task"] as? [String: Any])
            #expect(task["status"] as? String == "suspended")
            let events = try place.events()
            #expect(events.last?.payload.name.description == "state_digest_recorded", "it ended in order")
            #expect(events.ofType("browser_closed").count == 1)
            #expect(try await place.weir("verify").status == 0)
            try await expectResumes(place)
        }

        @Test("a second Ctrl-C ends at once, and still no Chrome is left (EXEC-2)")
        func interruptedTwice() async throws {
            let place = try Workplace()
            let (running, browser) = try await startedRun(place)
            // A stopped browser does not answer when it is asked to close, so the first one is still under way.
            kill(browser, SIGSTOP)
            running.send(SIGINT)
            try await place.events(until: "decision to close") { !$0.ofType("browser_close_decided").isEmpty }
            running.send(SIGINT)
            let ended = try await running.end()
            #expect(ended.status == 130, "\(ended)")
            #expect(try place.events().ofType("browser_closed").isEmpty, "it did not wait for the browser")
            #expect(try await place.leftovers() == [])
            #expect(try await place.weir("verify").status == 0)
            try await expectResumes(place)
        }

        @Test("a full disk ends the run with its reason and no Chrome left; with room again it is resumed")
        func fullDisk() async throws {
            let place = try Workplace()
            let folder = place.root + "/small"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            guard mount("tmpfs", folder, "tmpfs", 0, "size=320k") == 0 else {
                print("skipped: a small file system cannot be mounted here (errno \(errno))")
                return
            }
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let log = folder + "/log"
            let ended = try await place.weir("run", "--items", "\(Self.items)", "--log", log)
            #expect(ended.status == 1, "\(ended)")
            #expect(ended.err.contains("No space left"), "\(ended)")
            #expect(try await place.leftovers() == [])
            #expect(mount("tmpfs", folder, "tmpfs", UInt(MS_REMOUNT), "size=64m") == 0)
            let verified = try await place.weir("verify", "--log", log)
            #expect(verified.status == 0, "\(verified)")
            let resumed = try await place.weir("run", "--resume", "3", "--log", log, "--json")
            #expect(resumed.status == 0, "\(resumed)")
            #expect((try resumed.object()["outputs"] as? [Any])?.count == Int(Self.items))
            #expect(try await place.weir("verify", "--log", log).status == 0)
        }
    }
}
