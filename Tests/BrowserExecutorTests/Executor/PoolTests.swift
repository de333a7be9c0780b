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
            let shop = try await Workshop(PoolPolicy(maxConnections: 2, warmBrowsers: 2))
            let (store, engine, inputs) = (shop.store, shop.engine, shop.inputs)
            _ = try await event(of: store) { $0.compactMap(\.payload.launched).count == 2 ? true : nil }
            let items: UInt64 = 20_000
            let task = try await shop.submit(items: items)
            _ = try await event(of: store) { $0.first { $0.payload.progressed != nil } }
            let state = await engine.state
            let allocation = try #require(state.allocations.entities.first)
            kill(Int32(state.browsers[allocation.browser].pid), SIGKILL)

            try await success(of: task, in: store)
            let all = try await shop.finish()
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

            let final = await engine.state
            #expect(try store.foldedState() == final)
            #expect(try store.foldedState().digest == final.digest)
        }

        /// A pool at work with the digits model, whose log is in memory.
        private struct Workshop {
            let profiles: TemporaryFolder
            let store: MemoryEventStore
            let executor: BrowserExecutor
            let engine: PoolEngine
            let model: ModelPackage
            let inputs: ModelInputs

            init(_ policy: PoolPolicy) async throws {
                let store = MemoryEventStore(logID: Array(repeating: 8, count: 16))
                var configuration = BrowserExecutor.Configuration(installation: try ChromeLocator().locate())
                profiles = try TemporaryFolder()
                configuration.launchOptions.profileParent = profiles.path
                executor = BrowserExecutor(
                    configuration, payloadBytes: { try $0.bytes(in: store) },
                    recordedOutputs: { try store.outputs(of: $0) })
                self.store = store
                engine = try PoolEngine(store: store, executor: executor)
                model = try configuration.catalog.model(named: "digits")
                inputs = try #require(try model.heldOutInputs())
                try await engine.start(
                    identity: EngineIdentity(
                        version: "test", host: "here", pid: UInt32(getpid()), simulated: false),
                    policy: policy, holdTasks: false)
            }

            /// Submits a task of so many items, or of as many as there are inputs.
            func submit(items: UInt64? = nil) async throws -> TaskID {
                let (payload, blobs) = Payload.storing(inputs.bytes)
                return try await engine.submit(
                    TaskSpec(
                        family: model.family, model: model.name, modelDigest: model.digest, runtime: "wgsl",
                        itemsTotal: items ?? UInt64(inputs.count), inputs: payload,
                        inputsCount: UInt64(inputs.count), batchItems: 64, backends: [.webgpu]), blobs: blobs)
            }

            /// Stops the engine, and gives all that was recorded. Nothing of the browsers is left.
            func finish() async throws -> [Event] {
                try await engine.stop(.finished)
                #expect(Bench.leftovers(in: profiles.path).isEmpty)
                var events: [Event] = []
                try store.forEachEvent { event, _ in events.append(event) }
                return events
            }
        }

        /// Runs a task in so many copies, in a pool of as many browsers; gives what was recorded, and the browser that
        /// `disturb` was given when all were up.
        private func runInCopies(
            _ copies: UInt32, disturb: @Sendable (BrowserHost) async throws -> Void = { _ in }
        ) async throws -> (events: [Event], disturbed: BrowserID) {
            let shop = try await Workshop(
                PoolPolicy(maxConnections: copies, warmBrowsers: copies, redundancyFactor: copies))
            let launched = try await event(of: shop.store) { events in
                let launched = events.compactMap(\.payload.launched)
                return launched.count == Int(copies) ? launched : nil
            }
            let browser = try #require(launched.last?.browser)
            let incarnation = await shop.engine.state.browsers[browser].incarnation
            try await disturb(try #require(shop.executor.host(of: incarnation)))
            let task = try await shop.submit()
            try await success(of: task, in: shop.store)
            return (try await shop.finish(), browser)
        }

        @Test("runs two tasks at once in the lanes of one browser, each with its own outputs")
        func lanes() async throws {
            let shop = try await Workshop(PoolPolicy(maxConnections: 1, lanesPerBrowser: 2))
            let tasks = [try await shop.submit(items: 5_000), try await shop.submit(items: 5_000)]
            for task in tasks { try await success(of: task, in: shop.store) }
            let events = try await shop.finish()
            #expect(events.compactMap(\.payload.launched).count == 1)
            let started = events.firstIndex { if case .runStarted = $0.payload { true } else { false } }
            let ended = events.firstIndex { if case .runCompleted = $0.payload { true } else { false } }
            let together = events[try #require(started)..<(try #require(ended))]
            let progressed = together.compactMap(\.payload.progressed).map(\.allocation)
            #expect(Set(progressed).count == 2, "both run before one has ended")
            var outputs: [AllocationID: [PageAnswer.Classification]] = [:]
            for progressed in events.compactMap(\.payload.progressed) {
                let bytes = try progressed.outputs.bytes(in: shop.store)
                outputs[progressed.allocation, default: []] +=
                    try JSONDecoder().decode([PageAnswer.Classification].self, from: Data(bytes))
            }
            #expect(outputs.count == 2 && outputs.values.allSatisfy { $0.count == 5_000 })
            for labels in outputs.values.map({ $0.map(\.label) }) {
                let right = labels.indices.count {
                    labels[$0] == shop.inputs.labels[$0 % shop.inputs.count]
                }
                #expect(right >= 4_900)
            }
        }

        @Test("runs a task in copies on two browsers, which agree within the tolerance (CORE-7)")
        func copies() async throws {
            let (events, _) = try await runInCopies(2)
            let agreed = events.compactMap(\.payload.agreed)
            #expect(agreed.count == 1)
            #expect(agreed.first?.agreeing.count == 2 && agreed.first?.outvoted.isEmpty == true)
            #expect(agreed.first?.differences.map(\.items) == [0])
            let browsers = events.compactMap { event -> BrowserID? in
                if case .taskGranted(let granted) = event.payload { granted.browser } else { nil }
            }
            #expect(Set(browsers).count == 2, "each copy has a browser of its own")
        }

        @Test(
            "outvotes a browser whose GPU gives wrong numbers, names it and puts it out of service (CORE-7)")
        func wrongNumbers() async throws {
            let (events, wrong) = try await runInCopies(3) { host in
                let page = try #require(await host.pages["wgsl"])
                // What is read back is read in reverse: probabilities as good as any, of other classes.
                let script = """
                    (() => {
                      const read = GPUBuffer.prototype.getMappedRange;
                      GPUBuffer.prototype.getMappedRange = function (...range) {
                        const bytes = read.apply(this, range);
                        if (this.usage & GPUBufferUsage.MAP_READ) new Float32Array(bytes).reverse();
                        return bytes;
                      };
                    })()
                    """
                _ = try await page.session.evaluate(script, deadline: .seconds(5))
            }
            let agreed = try #require(events.compactMap(\.payload.agreed).first)
            #expect(agreed.agreeing.count == 2)
            #expect(agreed.outvoted.map(\.browser) == [wrong])
            #expect(agreed.differences.filter { $0.items > 0 }.count == 2, "\(agreed.differences)")
            let quarantined = events.compactMap { event -> BrowserID? in
                guard case .browserCloseDecided(let decided) = event.payload, decided.reason == .quarantined
                else { return nil }
                return decided.browser
            }
            #expect(quarantined == [wrong])
        }

        private func success(of task: TaskID, in store: MemoryEventStore) async throws {
            _ = try await event(of: store) { events in
                events.first {
                    if case .taskSucceeded(let ended) = $0.payload { ended.task == task } else { false }
                }
            }
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
