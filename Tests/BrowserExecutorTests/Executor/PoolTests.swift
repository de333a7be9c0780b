import ChromePipe
import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("A pool of real browsers") struct Pools {
        @Test(
            "moves a task to the other browser when the first is killed, and gives each item once (EXEC-2, EXEC-4)"
        )
        func failover() async throws {
            let profiles = try TemporaryFolder()
            let store = MemoryEventStore(logID: Array(repeating: 7, count: 16))
            var configuration = BrowserExecutor.Configuration(installation: try ChromeLocator().locate())
            configuration.launchOptions.profileParent = profiles.path
            let executor = BrowserExecutor(configuration) { try $0.bytes(in: store) }
            let engine = try PoolEngine(store: store, executor: executor)
            let policy = PoolPolicy(maxConnections: 2, warmBrowsers: 2)
            try await engine.start(
                identity: EngineIdentity(
                    version: "test", host: "here", pid: UInt32(getpid()), simulated: false),
                policy: policy, holdTasks: false)
            _ = try await event(of: store) { store in
                store.filter { $0.payload.launched != nil }.count == 2 ? true : nil
            }

            let model = try configuration.catalog.model(named: "digits")
            let inputs = try #require(try model.heldOutInputs())
            let (payload, blobs) = Payload.storing(inputs.bytes)
            let items: UInt64 = 20_000
            let task = try await engine.submit(
                TaskSpec(
                    family: model.family, model: model.name, modelDigest: model.digest, runtime: "wgsl",
                    itemsTotal: items, inputs: payload, inputsCount: UInt64(inputs.count), batchItems: 64,
                    backends: [.webgpu]), blobs: blobs)
            _ = try await event(of: store) { $0.first { $0.payload.progressed != nil } }
            let state = await engine.state
            let allocation = try #require(state.allocations.entities.first)
            kill(Int32(state.browsers[allocation.browser].pid), SIGKILL)

            let all = try await event(of: store) { events in
                events.contains {
                    if case .taskSucceeded(let ended) = $0.payload { ended.task == task } else { false }
                } ? events : nil
            }
            let failed = all.compactMap(\.payload.failed)
            #expect(failed.map(\.evidence) == [.processExited])
            #expect(failed.map(\.browser) == [allocation.browser])
            let assigned = all.compactMap { event -> RunAssigned? in
                if case .runAssigned(let assigned) = event.payload { assigned } else { nil }
            }
            #expect(assigned.map(\.browser).first == allocation.browser)
            #expect(assigned.map(\.browser).last != allocation.browser)
            #expect(assigned.count == 2)

            var next: UInt64 = 0
            var right = 0
            for progressed in all.compactMap(\.payload.progressed) {
                #expect(progressed.firstItem == next)
                let bytes = try progressed.outputs.bytes(in: store)
                let outputs = try JSONDecoder().decode([PageAnswer.Classification].self, from: Data(bytes))
                #expect(outputs.count == Int(progressed.itemCount))
                for (index, output) in outputs.enumerated()
                where output.label == inputs.labels[(Int(next) + index) % inputs.count] { right += 1 }
                next += progressed.itemCount
            }
            #expect(next == items)
            #expect(Double(right) / Double(items) >= 0.98)

            try await engine.stop(.finished)
            let final = await engine.state
            #expect(try store.foldedState() == final)
            #expect(try store.foldedState().digest == final.digest)
            #expect(Bench.leftovers(in: profiles.path).isEmpty)
        }

        @Test("runs a task in copies on two browsers, which agree within the tolerance")
        func copies() async throws {
            let profiles = try TemporaryFolder()
            let store = MemoryEventStore(logID: Array(repeating: 8, count: 16))
            var configuration = BrowserExecutor.Configuration(installation: try ChromeLocator().locate())
            configuration.launchOptions.profileParent = profiles.path
            let executor = BrowserExecutor(
                configuration, payloadBytes: { try $0.bytes(in: store) },
                recordedOutputs: { try store.outputs(of: $0) })
            let engine = try PoolEngine(store: store, executor: executor)
            try await engine.start(
                identity: EngineIdentity(
                    version: "test", host: "here", pid: UInt32(getpid()), simulated: false),
                policy: PoolPolicy(maxConnections: 2, redundancyFactor: 2), holdTasks: false)
            let model = try configuration.catalog.model(named: "digits")
            let inputs = try #require(try model.heldOutInputs())
            let (payload, blobs) = Payload.storing(inputs.bytes)
            let task = try await engine.submit(
                TaskSpec(
                    family: model.family, model: model.name, modelDigest: model.digest, runtime: "wgsl",
                    itemsTotal: UInt64(inputs.count), inputs: payload, inputsCount: UInt64(inputs.count),
                    batchItems: 64, backends: [.webgpu]), blobs: blobs)
            let all = try await event(of: store) { events in
                events.contains {
                    if case .taskSucceeded(let ended) = $0.payload { ended.task == task } else { false }
                } ? events : nil
            }
            let agreed = all.compactMap { event -> GroupAgreed? in
                if case .groupAgreed(let agreed) = event.payload { agreed } else { nil }
            }
            #expect(agreed.count == 1)
            #expect(agreed.first?.agreeing.count == 2 && agreed.first?.outvoted.isEmpty == true)
            #expect(agreed.first?.differences.map(\.items) == [0])
            let browsers = all.compactMap { event -> BrowserID? in
                if case .taskGranted(let granted) = event.payload { granted.browser } else { nil }
            }
            #expect(Set(browsers).count == 2, "each copy has a browser of its own")
            try await engine.stop(.finished)
            #expect(Bench.leftovers(in: profiles.path).isEmpty)
        }

        /// Waits until the store's events give something.
        private func event<Value>(
            of store: MemoryEventStore, _ take: ([Event]) -> Value?
        ) async throws -> Value {
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end {
                var events: [Event] = []
                try store.forEachEvent { event, _ in events.append(event) }
                if let value = take(events) { return value }
                try await Task.sleep(for: .milliseconds(20))
            }
            throw TimeoutError()
        }

        private struct TimeoutError: Error {}
    }
}
