import Foundation
import Pool
import Projections
import Testing

extension EndToEnd {
    /// Real processes, real signals: a browser, its renderer or its GPU process ends in the middle of a run.
    @Suite struct Faults {
        /// So many that a run takes seconds.
        static let items: UInt64 = 12_000

        private func runLosing(
            _ place: Workplace, kill victims: (_ browser: Int32) -> [Int32]
        ) async throws -> [Event] {
            let running = try place.start(["run", "--items", "\(Self.items)", "--json"])
            let before = try await place.events(until: "recorded result") {
                $0.ofType("run_progressed").count >= 3
            }
            let processes = victims(try #require(before.browserPID))
            try #require(!processes.isEmpty)
            for process in processes { kill(process, SIGKILL) }
            let ended = try await running.end()
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            let task = try #require(object["task"] as? [String: Any])
            #expect(task["status"] as? String == "succeeded")
            #expect(task["recoveries"] as? Int == 1)
            #expect((object["outputs"] as? [Any])?.count == Int(Self.items))
            let accuracy = try #require(object["accuracy"] as? Double)
            #expect(accuracy >= 0.98)
            let events = try place.events()
            expectEachItemOnce(events, of: TaskID(3), items: Self.items)
            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.leftovers() == [])
            return events
        }

        /// Evidence → recovery → resume, each the cause of the next.
        private func expectRecovery(_ events: [Event], evidence allowed: Set<Evidence>) throws {
            let failed = try #require(events.ofType("browser_failed").first)
            guard case .browserFailed(let failure) = failed.payload else { return }
            #expect(allowed.contains(failure.evidence), "\(failure.evidence.name)")
            let began = try #require(events.ofType("recovery_began").first)
            #expect(began.cause == failed.sequence)
            let rung = try #require(events.ofType("rung_started").first)
            #expect(rung.cause == began.sequence)
            let granted = try #require(events.ofType("task_granted").first { $0.sequence > began.sequence })
            let assigned = try #require(events.ofType("run_assigned").first { $0.sequence > began.sequence })
            #expect(assigned.cause == granted.sequence)
            guard case .recoveryBegan(let recovery) = began.payload,
                case .runAssigned(let run) = assigned.payload
            else { return }
            #expect(recovery.evidence == failure.evidence)
            #expect(recovery.checkpointItems >= 3 * 64)
            #expect(run.firstItem == recovery.checkpointItems, "it goes on after the last recorded item")
            let resumed = try #require(events.ofType("run_started").first { $0.sequence > began.sequence })
            #expect(resumed.cause == assigned.sequence)
            let committed = try #require(events.ofType("recovery_committed").first)
            #expect(committed.sequence > resumed.sequence)
            #expect(committed.cause == resumed.sequence)
            // The grant follows from the failure by a chain of causes.
            let bySequence = Dictionary(uniqueKeysWithValues: events.map { ($0.sequence, $0) })
            var chain: [UInt64] = []
            var next = bySequence[granted.sequence]
            while let event = next, event.cause != 0 {
                chain.append(event.cause)
                next = bySequence[event.cause]
            }
            #expect(chain.contains(failed.sequence), "\(chain)")
        }

        @Test("kill -9 of the browser: the task is recovered and every item has one result (CORE-7)")
        func browser() async throws {
            let events = try await runLosing(try Workplace()) { [$0] }
            try expectRecovery(events, evidence: [.processExited])
            let failed = try #require(events.ofType("browser_failed").first)
            guard case .browserFailed(let failure) = failed.payload else { return }
            #expect(failure.signal == UInt32(SIGKILL))
        }

        @Test("kill -9 of the renderer: the task is recovered and every item has one result (CORE-7)")
        func renderer() async throws {
            // All of them: a spare one is among them, and they look the same.
            let events = try await runLosing(try Workplace()) { Self.children(of: $0, type: "renderer") }
            try expectRecovery(events, evidence: [.rendererKilled, .rendererCrashed])
        }

        @Test("kill -9 of the GPU process: the task is recovered and every item has one result (CORE-7)")
        func gpu() async throws {
            let events = try await runLosing(try Workplace()) { Self.children(of: $0, type: "gpu-process") }
            try expectRecovery(events, evidence: [.gpuProcessLost, .deviceLost])
        }

        /// A browser's processes of that type: all its processes are in the group of the browser.
        static func children(of browser: Int32, type: String) -> [Int32] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return names.compactMap { Int32($0) }.filter { pid in
                guard getpgid(pid) == browser,
                    let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")
                else { return false }
                return String(decoding: command, as: UTF8.self).contains("--type=\(type)")
            }
        }
    }
}
