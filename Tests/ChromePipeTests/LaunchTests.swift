import ChromePipe
import Foundation
import Testing

extension RealBrowser {
    @Suite struct Launch {
        @Test("a launched browser tells its version, kind and flags")
        func version() async throws {
            try await withChrome { chrome in
                #expect(chrome.version.product.contains("Chrome/"))
                #expect(chrome.version.protocolVersion == "1.3")
                #expect(!chrome.version.jsVersion.isEmpty)
                #expect(chrome.productKind == chrome.installation.expectedKind)
                #expect(chrome.flags.contains("--enable-unsafe-webgpu"))
                #expect(chrome.flags.contains("--use-webgpu-adapter=swiftshader"))
                #expect(chrome.flags.contains("--no-sandbox") == (getuid() == 0))
                #expect(chrome.flags.contains("--user-data-dir=\(chrome.profileFolder)"))
                #expect(chrome.death == nil)
            }
        }

        @Test("the browser is led by its guardian, in a group of its own, without descriptors of ours")
        func isolation() async throws {
            try await withChrome { chrome in
                let status = try String(contentsOfFile: "/proc/\(chrome.guardianPID)/comm", encoding: .utf8)
                #expect(status == "weir-guardian\n")
                #expect(getpgid(chrome.pid) == chrome.pid)
                #expect(getpgid(chrome.guardianPID) == chrome.guardianPID)
                // Null device ×3, the socket, our pidfd, the signals: nothing else may keep a pipe of ours open.
                let held = try FileManager.default.contentsOfDirectory(
                    atPath: "/proc/\(chrome.guardianPID)/fd")
                let numbers = Set(held.compactMap { Int($0) })
                #expect(numbers.isSubset(of: [0, 1, 2, 3, 4, 8]))
            }
        }

        @Test("browsers launched at once are apart: the end of one is nothing to the others")
        func several() async throws {
            try await withPage { one, _ in
                try await withPage { two, page in
                    let launched = try await withThrowingTaskGroup(of: Chrome.self) { group in
                        let installation = try ChromeLocator().locate()
                        for _ in 0..<3 { group.addTask { try await Chrome.launch(installation) } }
                        return try await group.reduce(into: [Chrome]()) { $0.append($1) }
                    }
                    Foundation.kill(one.pid, SIGKILL)
                    #expect(await one.waitUntilDead().exit == .signal(SIGKILL))
                    for chrome in launched { #expect(await chrome.close().step == .browserClose) }
                    let value = try await page.evaluate("6", deadline: .seconds(10))
                    #expect(value.description == "6")
                    #expect(two.death == nil)
                }
            }
        }

        @Test("all processes of a browser are in its group")
        func group() async throws {
            try await withPage { chrome, _ in
                let processes = try await chrome.processInfo()
                #expect(Set(processes.map(\.type)).isSuperset(of: ["browser", "renderer", "GPU"]))
                for process in processes { #expect(getpgid(process.id) == chrome.pid, "\(process)") }
            }
        }

        @Test("a program that exits at once is a launch error with its status and last words")
        func exitsAtOnce() async throws {
            let script = try Script("#!/bin/sh\necho 'no display today' >&2\nexit 21\n")
            defer { script.remove() }
            let error = try await launchError(script.path)
            #expect(error.reason == .died(.exited(.status(21), pipeClosed: true)))
            #expect(error.exit == .status(21))
            #expect(error.stderr == ["no display today"])
            #expect("\(error)".contains("no display today"))
        }

        @Test("/bin/false is a launch error with status 1")
        func falseProgram() async throws {
            let error = try await launchError("/bin/false")
            #expect(error.reason == .died(.exited(.status(1), pipeClosed: true)))
        }

        @Test("a program that never answers is killed at the deadline")
        func neverAnswers() async throws {
            let script = try Script("#!/bin/sh\nexec sleep 1000\n")
            defer { script.remove() }
            var options = ChromeLaunchOptions()
            options.launchDeadline = .milliseconds(300)
            let error = try await launchError(script.path, options)
            #expect(error.reason == .deadlineExceeded(.milliseconds(300)))
        }

        @Test("a program that speaks nonsense breaks the protocol")
        func nonsense() async throws {
            let script = try Script("#!/bin/sh\nprintf 'hello\\0' >&4\nexec sleep 1000\n")
            defer { script.remove() }
            let error = try await launchError(script.path)
            guard case .died(.protocolViolation(let why)) = error.reason else {
                Issue.record("\(error)")
                return
            }
            #expect(why.contains("hello"))
        }

        @Test("an answer to a call that was never made breaks the protocol")
        func unknownAnswer() async throws {
            let script = try Script("#!/bin/sh\nprintf '{\"id\":99,\"result\":{}}\\0' >&4\nexec sleep 1000\n")
            defer { script.remove() }
            let error = try await launchError(script.path)
            guard case .died(.protocolViolation) = error.reason else {
                Issue.record("\(error)")
                return
            }
        }

        @Test("a program that closes its pipe without ending is a dead connection, and is killed")
        func closesPipe() async throws {
            let script = try Script("#!/bin/sh\nexec 3<&- 4>&-\nexec sleep 1000\n")
            defer { script.remove() }
            #expect(try await launchError(script.path).reason == .died(.pipeClosed))
        }

        @Test("a file that cannot be run is a launch error with the system's reason")
        func notAProgram() async throws {
            let script = try Script("\u{7F}no program")
            defer { script.remove() }
            let error = try await launchError(script.path)
            #expect(error.reason == .notStarted(step: "exec", errno: ENOEXEC))
        }

        @Test("a profile folder that cannot be made is a launch error")
        func noProfile() async throws {
            var options = ChromeLaunchOptions()
            options.profileParent = "/no/such/folder"
            let error = try await #require(throws: BrowserLaunchError.self) {
                _ = try await Chrome.launch(ChromeInstallation(path: "/bin/true"), options)
            }
            guard case .profileFolder = error.reason else {
                Issue.record("\(error)")
                return
            }
        }

        @Test("a launcher script that drops the WebGPU flag works as a browser without an adapter")
        func launcherScript() async throws {
            let real = try ChromeLocator().locate()
            let script = try Script(
                """
                #!/bin/bash
                for argument; do
                  [ "$argument" = --enable-unsafe-webgpu ] || kept+=("$argument")
                done
                exec \(real.path) "${kept[@]}"
                """)
            defer { script.remove() }
            let named = try ChromeLocator(environment: ["WEIR_CHROME": script.path]).locate()
            let chrome = try await Chrome.launch(named)
            let page = try await chrome.openPage { _ in try? .html("<!doctype html>") }
            let adapter = try await page.evaluate(
                "navigator.gpu.requestAdapter().then(a => a === null)", deadline: .seconds(10))
            #expect(adapter.description == "true")
            #expect(chrome.productKind == real.expectedKind)
            await chrome.close()
            #expect(Leftovers.now(group: chrome.pid, profile: chrome.profileFolder).isEmpty)
        }

        /// The error of a launch that must fail, in a parent folder that must be empty again afterwards.
        private func launchError(
            _ path: String, _ options: ChromeLaunchOptions = .init()
        ) async throws -> BrowserLaunchError {
            let parent = FileManager.default.temporaryDirectory
                .appendingPathComponent("chromepipe-\(UInt64.random(in: .min ... .max))")
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: parent) }
            var options = options
            options.profileParent = parent.path
            let error = try await #require(throws: BrowserLaunchError.self) {
                _ = try await Chrome.launch(ChromeInstallation(path: path), options)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == [])
            #expect(Leftovers.now(group: -1, profile: parent.path).filter { $0 != parent.path } == [])
            return error
        }
    }
}
