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
    static func run(_ name: String, _ arguments: [String], isShown: Bool = false) throws -> Ended {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput = FileHandle.nullDevice
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
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ended(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
