import BrowserExecutor
import ChromePipe
import Foundation
import Measuring

/// Weir's part in the comparison with its peers; `Peers/run` starts it, and README.md says what is compared.
///
///     PeerBenchmark setting
///     PeerBenchmark ROW SCRIPT MODEL
///
/// `setting` prints the program and the flags that browsers are started with, one a line, without the profile folder. The
/// rows print their figures as one JSON object. SCRIPT defines `peer.matmul()`; MODEL is a folder of kernels that do the
/// same, for the rows of the pool.
@main
struct PeerBenchmark {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        await benchmark {
            if arguments == ["setting"] { return try printSetting() }
            guard arguments.count == 3 else {
                throw BenchmarkError("usage: PeerBenchmark setting | ROW SCRIPT MODEL")
            }
            let script = try String(contentsOfFile: arguments[1], encoding: .utf8)
            let model = try KernelModel(folder: arguments[2])
            let figures =
                switch arguments[0] {
                case "launch": try await PipeRows(script: script).launch()
                case "memory-pipe": try await PipeRows(script: script).memory()
                case "launch-pool": try await PoolRows(model: model).launch()
                case "calls": try await CallRows(script: script, model: model).measure()
                case "detect": try await PoolRows(model: model).detect()
                case "failover": try await PoolRows(model: model).failover()
                case "pool": try await PoolRows(model: model).throughput()
                case "memory": try await PoolRows(model: model).memory()
                case let row: throw BenchmarkError("no row is called \(row)")
                }
            if !figures.isEmpty {
                say(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
            }
        }
    }

    private static func printSetting() throws {
        say(try ChromeLocator().locate().path)
        let flags = ChromeLaunchOptions.forThisMachine.arguments(profile: "")
        for flag in flags where !flag.hasPrefix("--user-data-dir=") { say(flag) }
    }
}

/// Says that what is to be measured from outside stands, and waits for the end of standard input.
func waitToBeMeasured() {
    say("ready")
    _ = try? FileHandle.standardInput.readToEnd()
}
