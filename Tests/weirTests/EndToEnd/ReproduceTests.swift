import Foundation
import Pool
import Projections
import Testing

extension EndToEnd {
    /// Failures of a log are run again.
    @Suite struct Reproduce {
        /// A folder of kernels for vectors of one length: on most adapters a workgroup cannot have more than 256 threads.
        private func writeKernels(_ place: Workplace, threads: Int) throws {
            try FileManager.default.createDirectory(
                atPath: place.root + "/double", withIntermediateDirectories: true)
            try place.write(
                "double/double.wgsl",
                """
                override threads: u32 = 64;
                @group(0) @binding(0) var<storage, read> x: array<f32>;
                @group(0) @binding(1) var<storage, read_write> y: array<f32>;
                @compute @workgroup_size(threads) fn main(@builtin(global_invocation_id) id: vec3u) {
                  y[id.x] = x[id.x] * 2.0;
                }
                """)
            try place.write(
                "double/model.json",
                """
                { "format_version": 1, "kind": "kernels", "name": "double", "family": "vision",
                  "description": "Doubles numbers.",
                  "tensors": { "x": { "type": "f32", "shape": [\(threads)] },
                               "y": { "type": "f32", "shape": [\(threads)] } },
                  "steps": [ { "name": "double", "kernel": "double.wgsl",
                    "bindings": [ { "binding": 0, "tensor": "x", "access": "read" },
                                  { "binding": 1, "tensor": "y", "access": "read_write" } ],
                    "constants": { "threads": \(threads) }, "workgroups": [1] } ],
                  "inputs": ["x"], "outputs": ["y"] }
                """)
            try place.write("x.json", "[" + (0..<threads).map(String.init).joined(separator: ",") + "]")
        }

        @Test(
            "a shader that fails for one shape of input fails again, from the log and from a pack elsewhere")
        func shader() async throws {
            let place = try Workplace()
            try writeKernels(place, threads: 64)
            #expect(try await place.weir("run", "double", "--input", "x.json").status == 0)
            try writeKernels(place, threads: 512)
            let run = try await place.weir("run", "double", "--input", "x.json")
            #expect(run.status == 1 && run.out.contains("shader_invalid"), "\(run)")
            let events = try place.events()
            let failed = try #require(events.ofType("run_failed").last)
            let ended = try #require(events.ofType("task_failed").last)

            // The event that the failure led to names it as well.
            let again = try await place.weir("reproduce", "\(ended.sequence)", "--attempts", "2", "--json")
            #expect(again.status == 0, "\(again)")
            let object = try again.object()
            #expect(object["result"] as? String == "reproduced" && object["reproduced"] as? Int == 2)
            #expect((object["failure"] as? [String: Any])?["sequence"] as? Int == Int(failed.sequence))
            #expect(try place.events().count == events.count)

            let packed = try await place.weir("pack", "\(failed.sequence)", "-o", "failure.pack")
            #expect(packed.status == 0 && packed.out.contains("2 model files"), "\(packed)")
            let shown = try await place.weir("pack", "--show", "failure.pack")
            #expect(shown.out.contains("run_failed") && shown.out.contains("browser_launched"), "\(shown)")
            try FileManager.default.removeItem(atPath: place.root + "/double")
            let gone = try await place.weir("reproduce", "\(failed.sequence)")
            #expect(gone.status == 3 && gone.out.contains("cannot be set up here"), "\(gone)")
            #expect(gone.out.contains("/double"), "\(gone)")
            let elsewhere = try await place.weir("reproduce", "failure.pack", "--attempts", "1")
            #expect(elsewhere.status == 0 && elsewhere.out.contains("reproduced in 1 of 1"), "\(elsewhere)")
            #expect(try await place.leftovers() == [])
        }

        @Test(
            "an injected fault is injected again where the run stood, and made smaller; one that somebody did is not"
        )
        func injected() async throws {
            let place = try Workplace()
            let chaos = try await place.weir(
                "chaos", "--fault", "renderer_killed", "--rate", "0.7", "--seed", "3", "--", "run",
                "--items", "9000")
            #expect(chaos.status == 0, "\(chaos)")
            let failed = try #require(try place.events().ofType("browser_failed").last)
            let ended = try await place.weir(
                "reproduce", "\(failed.sequence)", "--attempts", "2", "--minimise", "--json", "--keep", "kept"
            )
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            let attempts = try #require(object["attempts"] as? [[String: Any]])
            #expect(attempts.allSatisfy { $0["seen"] as? String == "renderer_killed" }, "\(attempts)")
            let smallest = try #require(object["smallest"] as? [String: Any])
            // Without its fault it does not fail.
            #expect((smallest["faults"] as? [Any])?.count == 1, "\(smallest)")
            let verified = try await place.weir("verify", "--log", "kept/1")
            #expect(verified.status == 0, "\(verified)")

            // Somebody killed this browser, and nobody does again.
            let chance = try Workplace()
            let running = try chance.start(["run", "--items", "6000"])
            try await chance.events(until: "progress") { $0.ofType("run_progressed").count > 5 }
            let launched = try #require(try chance.events().ofType("browser_launched").first)
            guard case .browserLaunched(let browser) = launched.payload else { return }
            kill(pid_t(browser.facts.pid), SIGKILL)
            #expect(try await running.end().status == 0)
            let lost = try #require(try chance.events().ofType("browser_failed").first)
            let not = try await chance.weir("reproduce", "\(lost.sequence)", "--attempts", "1")
            #expect(not.status == 1 && not.out.contains("not reproduced in 1 attempt"), "\(not)")
            #expect(not.out.contains("no failure: everything ran to its end"), "\(not)")
            #expect(try await chance.leftovers() == [])
            #expect(try await place.leftovers() == [])
        }

        @Test("of a browser that is not installed says what differs, and takes another when told to")
        func otherBrowser() async throws {
            let place = try Workplace()
            try writeKernels(place, threads: 512)
            _ = try await place.weir("run", "double", "--input", "x.json")
            let failed = try #require(try place.events().ofType("run_failed").last)
            _ = try await place.weir("pack", "\(failed.sequence)", "-o", "here.pack")
            let bytes = try Data(contentsOf: URL(fileURLWithPath: place.root + "/here.pack"))
            var pack = try FailurePack(decoding: [UInt8](bytes))
            pack.slice.facts?.product = "HeadlessChrome/1.0"
            pack.slice.facts?.adapter?.vendor = "other"
            try Data(pack.encoded()).write(to: URL(fileURLWithPath: place.root + "/there.pack"))
            let refused = try await place.weir("reproduce", "there.pack")
            #expect(refused.status == 3, "\(refused)")
            for part in ["browser: recorded with HeadlessChrome/1.0", "adapter: recorded with", "--anyway"] {
                #expect(refused.out.contains(part), "\(refused)")
            }
            let taken = try await place.weir("reproduce", "there.pack", "--anyway", "--attempts", "1")
            #expect(taken.status == 0, "\(taken)")
            // A pack may come from anybody.
            pack.files[0].name = "../../escaped"
            try Data(pack.encoded()).write(to: URL(fileURLWithPath: place.root + "/evil.pack"))
            let evil = try await place.weir("reproduce", "evil.pack", "--anyway")
            #expect(evil.status == 2 && evil.err.contains("../../escaped"), "\(evil)")
            #expect(try await place.leftovers() == [])
        }

        @Test("what cannot be reproduced is refused with 2, and why")
        func refusals() async throws {
            let place = try Workplace()
            let simulated = try await place.weir(
                "simulate", "--seed", "7", "--faults", "all", "--log", place.log)
            #expect(simulated.status == 0, "\(simulated)")
            let failed = try #require(try place.events().ofType("browser_failed").first)
            try place.write("torn.pack", "weir")
            let cases: [(arguments: [String], said: String)] = [
                (["reproduce", "\(failed.sequence)"], "a simulation's"),
                (["reproduce", "1"], "engine_started, which no failure"),
                (["reproduce", "1000000"], "has no event 1000000"),
                (["reproduce", "nothing.pack"], "neither the number of an event nor a file"),
                (["reproduce", "torn.pack"], "no pack of a failure"),
                (["reproduce", "1", "--attempts", "0"], "--attempts is 0"),
                (["reproduce", "1", "--keep", place.log], "exists already"),
                (["pack", "1"], "-o FILE"),
            ]
            for (arguments, said) in cases {
                let ended = try await place.weir(arguments)
                #expect(ended.status == 2 && ended.err.contains(said), "\(arguments): \(ended)")
            }
        }
    }
}
