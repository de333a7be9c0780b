import Foundation
import Pool
import Testing

/// A pool at work under faults. It takes a minute by itself, and what hangs in the end is waited for.
@Suite("A soak", .serialized, .timeLimit(.minutes(6))) struct SoakTests {
    @Test(
        "a minute of faults leaves every task succeeded, every item once, and memory and processes as they were"
    )
    func soak() async throws {
        let place = try Workplace()
        let running = try place.start([
            "chaos", "--soak", "--seconds", "60", "--log", place.log, "--json",
        ])
        let ended = try await running.end(within: .seconds(300))
        #expect(ended.status == 0, "\(ended)")
        let object = try ended.object()
        #expect(object["sound"] as? Bool == true && (object["problems"] as? [Any])?.isEmpty == true)
        let tasks = try #require(object["tasks"] as? Int)
        #expect(tasks >= 6 && object["equal_outputs"] as? Int == tasks, "\(tasks)")
        let faults = try #require(object["faults"] as? [[String: Any]])
        let events = try place.events()
        let injected = faults.compactMap { $0["injected"] as? Int }.reduce(0, +)
        #expect(injected > 5 && injected == events.ofType("fault_injected").count)
        #expect(try await place.weir("verify", "--decisions").status == 0)
        #expect(try await place.leftovers() == [])
    }
}
