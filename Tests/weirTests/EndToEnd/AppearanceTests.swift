import Foundation
import Testing

extension EndToEnd {
    /// Output as a person sees it in a terminal of 80 columns.
    @Suite struct Appearance {
        static let commands = [
            [], ["run"], ["log"], ["state"], ["tasks"], ["browsers"], ["replay"], ["verify"], ["simulate"],
            ["chaos"],
            ["what-if"],
            ["doctor"], ["model"], ["model", "list"], ["model", "inspect"], ["model", "add"],
            ["log", "show"], ["log", "verify"], ["log", "stats"], ["log", "backup"], ["log", "export"],
            ["log", "import"], ["log", "retain"],
        ]

        @Test("every help has an example and fits 80 columns", arguments: commands)
        func help(command: [String]) async throws {
            let place = try Workplace()
            let ended = try await place.start(command + ["--help"], environment: ["COLUMNS": "80"]).end()
            #expect(ended.status == 0)
            #expect(ended.out.contains("Example"))
            #expect(ended.out.contains("weir " + command.joined(separator: " ")))
            for line in ended.lines { #expect(line.count <= 80, "\(line)") }
        }

        @Test("what is printed for people fits 80 columns, but for paths")
        func width() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let commands = [
                ["run", "--resume", "3"], ["state"], ["state", "--at", "9"], ["tasks"], ["browsers"],
                ["replay"],
                ["verify"], ["log", "verify"], ["log", "stats"], ["doctor"], ["model"],
                ["model", "inspect", "digits"],
            ]
            for command in commands {
                let ended = try await place.start(command).end()
                #expect(ended.status == 0, "\(command): \(ended)")
                #expect(!ended.lines.isEmpty)
                for line in ended.lines where !line.contains("/tmp") && !line.contains("/models/") {
                    #expect(line.count <= 80, "\(command): \(line)")
                }
            }
        }

        @Test("the result for people names accuracy, software adapter, browser, time and log")
        func result() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let ended = try await place.weir("run", "--resume", "3")
            for part in ["accuracy  9", "webgpu, adapter ", "browser   ", "cold start", place.log] {
                #expect(ended.out.contains(part), "\(ended.out)")
            }
            #expect(ended.out.contains("(software)") || ended.out.contains("(hardware)"))
            #expect(ended.err.isEmpty)
        }

        @Test("a reader that has gone is no error, and a full disk is one")
        func closedOutput() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let shell = Process()
            shell.executableURL = URL(fileURLWithPath: "/bin/bash")
            let err = place.root + "/pipe.err"
            let out = place.root + "/pipe.out"
            shell.arguments = [
                "-c",
                """
                set -o pipefail
                '\(WeirProgram.path)' log --log '\(place.log)' 2>'\(err)' | head -1 >'\(out)'
                echo $? >>'\(out)'
                '\(WeirProgram.path)' log --log '\(place.log)' 2>>'\(err)' >/dev/full
                echo $? >>'\(out)'
                """,
            ]
            try shell.run()
            shell.waitUntilExit()
            let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines.first?.contains("engine_started") == true)
            #expect(lines.dropFirst() == ["0", "1"])
            let said = try String(contentsOfFile: err, encoding: .utf8)
            #expect(said == "weir: standard output cannot be written: No space left on device\n")
        }
    }
}
