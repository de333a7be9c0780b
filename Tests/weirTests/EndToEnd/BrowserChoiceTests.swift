import Foundation
import Pool
import Testing

extension EndToEnd {
    @Suite("The browsers of a run") struct Choice {
        private func browser(of ended: Ended) throws -> String? {
            (try ended.object()["provenance"] as? [String: Any])?["browser"] as? String
        }

        @Test("are those of the kind that is asked for")
        func asked() async throws {
            let place = try Workplace()
            let ended = try await place.weir("run", "digits", "--browser", "firefox", "--json")
            #expect(ended.status == 0, "\(ended)")
            #expect(try browser(of: ended)?.hasPrefix("Firefox/") == true)
            #expect(try ended.object()["accuracy"] as? Double ?? 0 >= 0.98)
            #expect(try await place.leftovers() == [])
        }

        @Test("are those that the configuration prefers for the model's family")
        func preferred() async throws {
            let place = try Workplace()
            let config = place.root + "/pool.json"
            try Data(#"{ "browser_preferences": { "vision": "firefox" } }"#.utf8).write(
                to: URL(fileURLWithPath: config))
            let ended = try await place.weir("run", "digits", "--config", config, "--json")
            #expect(ended.status == 0, "\(ended)")
            #expect(try browser(of: ended)?.hasPrefix("Firefox/") == true)
        }

        @Test(
            "of an unknown or a mobile kind are refused with 2, and one that is not installed with 3; nothing is appended"
        )
        func refused() async throws {
            let place = try Workplace()
            for (kind, status, words) in [
                ("netscape", 2, "allowed is headless_shell, chromium, chrome, edge, firefox"),
                ("mobile_chrome", 2, "Mobile Chrome is not supported"),
            ] {
                let ended = try await place.weir("run", "--browser", kind)
                #expect(ended.status == Int32(status), "\(ended)")
                #expect(ended.err.contains(words), "\(ended)")
            }
            let ended = try await place.weir(
                "run", "--browser", "chrome", "--browser", "firefox",
                environment: ["WEIR_FIREFOX": "/no/such/firefox"])
            #expect(ended.status == 3, "\(ended)")
            #expect(ended.err.contains("--browser is firefox, which is not installed"), "\(ended)")
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }
    }
}
