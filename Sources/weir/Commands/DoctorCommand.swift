import ArgumentParser
import BrowserExecutor
import ChromePipe
import EventLog
import Foundation

/// `weir doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks what Weir needs on this machine, and says what to do where something is missing.",
        discussion: "Starts each browser to ask it for its WebGPU adapter.\n\nExample: weir doctor --json")

    @Flag(name: .long, help: "Print a JSON array.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        var findings = [Diagnosis.lmdb(), Diagnosis.disk(for: location.path), Diagnosis.log(location)]
        findings += await Diagnosis.browser()
        findings.append(await Diagnosis.firefox())
        findings.append(Diagnosis.models())
        if json {
            Terminal.print("[" + findings.map(\.json).joined(separator: ",") + "]")
        } else {
            for finding in findings { Terminal.print(finding.text) }
        }
        if let code = findings.compactMap(\.exitCode).first { throw code }
    }
}
