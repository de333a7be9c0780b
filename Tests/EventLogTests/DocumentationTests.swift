import EventLog
import Foundation
import Testing

@Suite struct DocumentationTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

    @Test("the program that the documentation shows is the one that is built, and has fewer than 40 lines")
    func embedding() throws {
        let program = try String(
            contentsOf: Self.sources.appendingPathComponent("Examples/Ledger/main.swift"), encoding: .utf8)
        let page = try String(
            contentsOf: Self.sources.appendingPathComponent("EventLog/EventLog.docc/Embedding.md"),
            encoding: .utf8)
        #expect(page.contains("```swift\n" + program + "```"))
        #expect(program.split(separator: "\n", omittingEmptySubsequences: false).count < 41)
    }

    @Test("that program runs, and goes on where it was")
    func ledger() throws {
        let folder = try TemporaryFolder()
        let program = URL(fileURLWithPath: ChildProgram.path).deletingLastPathComponent()
            .appendingPathComponent("Ledger")
        func run() throws -> String {
            let process = Process()
            let output = Pipe()
            process.executableURL = program
            process.arguments = [folder.log("accounts")]
            process.standardOutput = output
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return String(decoding: data, as: UTF8.self)
        }
        #expect(try run() == "records 1 and 2 are durable\nalice -250, bob 250\n")
        #expect(try run() == "records 3 and 4 are durable\nalice -500, bob 500\n")
        #expect(try EventLogVerifier.verifyInProcess(path: folder.log("accounts")).snapshots == 2)
    }
}
