import ArgumentParser
import CAllocator
import EventLog
import Foundation

/// The command line's root.
@main
struct Weir: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract:
            "Runs AI models on WebGPU in a pool of headless browsers, and records everything that happens.",
        discussion: """
            Every step is an event in a log, from which all state is folded. The log is the folder given by --log, \
            else by WEIR_LOG, else .weir in the current folder.

            Example: weir run && weir log --type run_completed && weir verify

            Exit codes: 0 done, 1 the work failed, the log is damaged, or diff or bisect say no, 2 wrong usage or \
            input, 3 something known is not installed, 4 the log is held by another writer, 130 interrupted.
            """,
        version: version,
        subcommands: [
            RunCommand.self, LogCommand.self, StateCommand.self, TasksCommand.self, BrowsersCommand.self,
            ReplayCommand.self, ExplainCommand.self, WhyCommand.self, DiffCommand.self, BisectCommand.self,
            VerifyCommand.self, SimulateCommand.self, WhatIfCommand.self, CompatCommand.self,
            ChaosCommand.self, ReproduceCommand.self, PackCommand.self,
            DoctorCommand.self,
            ModelCommand.self,
            RuntimeCommand.self,
        ])

    /// First argument of the child process in which a log's bytes are checked.
    static let verifyChildArgument = "verify-child"

    /// Blocks from here on go back to the system: a model's weights go to a page in parts of 8 MiB, and after one had a hundred
    /// of them the process kept as many MiB.
    private static let returnedBlockBytes: CInt = 1 << 20

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        callocator_return_blocks(returnedBlockBytes)
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == verifyChildArgument, arguments.count == 2 {
            EventLogVerifier.childMain(path: arguments[1])
        }
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as any CommandError {
            Terminal.note("weir: \(error)")
            Glibc.exit(error.exitCode.rawValue)
        } catch let error as EventLogError {
            Terminal.note("weir: \(error)")
            Glibc.exit(ExitStatus.failed.rawValue)
        } catch {
            end(with: error)
        }
    }

    /// Ends as the argument parser asks, with wrong usage as 2 and anything unforeseen as 1.
    private static func end(with error: any Error) -> Never {
        if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if code == .success {
            Terminal.print(message)
            Glibc.exit(0)
        }
        Terminal.note(code == .validationFailure ? message : "weir: \(error)")
        Glibc.exit(code == .validationFailure ? ExitStatus.usage.rawValue : ExitStatus.failed.rawValue)
    }
}
