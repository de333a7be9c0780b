import Foundation

/// A program of the machine that does one thing and ends.
enum Tool {
    /// The status of a program that is not there (as in POSIX shells).
    static let notFound: Int32 = 127

    struct Ended {
        var status: Int32
        var output: String
        /// The last thing that it said.
        var lastLine: String {
            output.split(whereSeparator: \.isNewline).last.map(String.init)
                ?? "it ended with status \(status)"
        }
    }

    /// Runs a program from the path, its two outputs taken together, or shown on standard error as they come.
    ///
    /// - Parameters:
    ///   - environment: In the place of this process's own.
    ///   - eachLine: Called with every line of output when it comes.
    static func run(
        _ name: String, _ arguments: [String], isShown: Bool = false, environment: [String: String]? = nil,
        eachLine: (Substring) -> Void = { _ in }
    ) throws -> Ended {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput = FileHandle.nullDevice
        if let environment { process.environment = environment }
        guard !isShown else {
            process.standardOutput = FileHandle.standardError
            try process.run()
            process.waitUntilExit()
            return Ended(status: process.terminationStatus, output: "")
        }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        var output = Data()
        var line = Data()
        while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
            output += data
            line += data
            while let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                eachLine(String(decoding: line[..<end], as: UTF8.self)[...])
                line = Data(line[(end + 1)...])
            }
        }
        process.waitUntilExit()
        return Ended(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
