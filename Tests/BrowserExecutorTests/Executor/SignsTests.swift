import Foundation
import Pool
import Testing

@testable import BrowserExecutor
@testable import PoolEngine

extension RealBrowser {
    @Suite("Signs of life") struct Signs {
        private static func heartbeats(_ bench: Bench) -> [BrowserHeartbeat] {
            bench.log.observations.compactMap {
                if case .browserHeartbeat(let heartbeat) = $0 { heartbeat } else { nil }
            }
        }

        @Test("tell how long a canary took on the GPU, and what memory is used")
        func measured() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch(heartbeatIntervalMs: 200)
            let heartbeat = try await bench.log.first { observation -> BrowserHeartbeat? in
                guard case .browserHeartbeat(let heartbeat) = observation, heartbeat.canaryMs > 0 else {
                    return nil
                }
                return heartbeat
            }
            #expect(heartbeat.canaryMs < 5_000)
            #expect(heartbeat.memoryBytes > 50 << 20)
            // A canary is no run: its page is none of those whose end is a failure.
            #expect(bench.log.observations.allSatisfy { $0.failed == nil })
            try await bench.close(browser)
        }

        @Test("begin at once, so that a browser that stops soon after its launch is missed")
        func first() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch(heartbeatIntervalMs: 3_600_000)
            let heartbeat = try await bench.log.first { observation -> BrowserHeartbeat? in
                if case .browserHeartbeat(let heartbeat) = observation { heartbeat } else { nil }
            }
            #expect(heartbeat.answerMs > 0)
            try await bench.close(browser)
        }

        @Test("go on while a GPU stands still, and tell so")
        func gpuStandsStill() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch(heartbeatIntervalMs: 200)
            _ = try await bench.log.first { observation -> Bool? in
                guard case .browserHeartbeat(let heartbeat) = observation else { return nil }
                return heartbeat.canaryMs > 0 ? true : nil
            }
            let usual = Self.heartbeats(bench).map(\.canaryMs).max() ?? 0
            let pids = try await bench.processes("GPU", of: browser)
            for pid in pids { kill(pid, SIGSTOP) }
            let slow = try await bench.log.first { observation -> BrowserHeartbeat? in
                guard case .browserHeartbeat(let heartbeat) = observation else { return nil }
                return heartbeat.canaryMs > usual + 1_000 ? heartbeat : nil
            }
            #expect(slow.answerMs < 1_000)
            for pid in pids { kill(pid, SIGCONT) }
            try await bench.close(browser)
        }

        @Test("tell of nothing else unless that is asked for")
        func plain() async throws {
            let bench = try Bench()
            let id = bench.newID()
            bench.perform(
                .launch(
                    Effect.Launch(
                        obligation: ObligationID(id), browser: BrowserID(id),
                        incarnation: IncarnationID(id), deadline: .zero, heartbeatIntervalMs: 100)))
            let heartbeat = try await bench.log.first { observation -> BrowserHeartbeat? in
                if case .browserHeartbeat(let heartbeat) = observation { heartbeat } else { nil }
            }
            #expect(heartbeat.canaryMs == 0 && heartbeat.memoryBytes == 0)
            try await bench.close(
                Effect.Launch(
                    obligation: ObligationID(id), browser: BrowserID(id), incarnation: IncarnationID(id),
                    deadline: .zero))
        }
    }
}
