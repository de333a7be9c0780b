import BrowserExecutor
import ChromePipe
import Foundation
import Pool
import Projections

/// The browser that a failure is reproduced on, and what differs from the one that failed.
struct Surroundings {
    let installation: BrowserInstallation
    let launchOptions: ChromeLaunchOptions

    /// Chooses among the browsers that are found: the one that has the product and version that failed, if there are
    /// several, else the one that runs are given.
    init(for slice: FailureSlice) async throws {
        let all = try BrowserChoice.all()
        var options = ChromeLaunchOptions.forThisMachine
        options.liftsCrashLimits = slice.facts?.flags.contains("--disable-gpu-process-crash-limit") ?? true
        let common = Set(options.arguments(profile: ""))
        // Chrome takes the last of two, so that what was recorded has the last word.
        options.extraArguments += Self.compared(slice.facts?.flags ?? []).filter { !common.contains($0) }
        launchOptions = options
        let alike = all.filter { $0.expectedKind == slice.facts?.kind }
        let candidates = alike.isEmpty ? all : alike
        var chosen = candidates[0]
        if candidates.count > 1, let product = slice.facts?.product {
            for candidate in candidates where (try? await AdapterProbe.run(candidate).product) == product {
                chosen = candidate
                break
            }
        }
        installation = chosen
    }

    /// The flags that say what a browser is like: not where its profile is, nor whether root started it.
    private static func compared(_ flags: [String]) -> [String] {
        flags.filter { $0.hasPrefix("--") && !$0.hasPrefix("--user-data-dir=") && $0 != "--no-sandbox" }
    }

    /// How a browser differs from the one that failed, a line for each difference.
    static func differences(of here: BrowserFacts, from recorded: BrowserFacts) -> [String] {
        var lines: [String] = []
        func compare(_ what: String, _ recorded: String, _ here: String) {
            if recorded != here { lines.append("\(what): recorded with \(recorded), here it is \(here)") }
        }
        compare("browser", recorded.product, here.product)
        compare("kind", "\(recorded.kind.name)", "\(here.kind.name)")
        compare("sandbox", recorded.sandboxed ? "on" : "off", here.sandboxed ? "on" : "off")
        compare(
            "adapter", recorded.adapter.map(Format.adapter) ?? "none",
            here.adapter.map(Format.adapter) ?? "none")
        let flags = (recorded: Set(compared(recorded.flags)), here: Set(compared(here.flags)))
        for flag in flags.recorded.subtracting(flags.here).sorted() {
            lines.append("flag \(flag): recorded with it, here it is not given")
        }
        for flag in flags.here.subtracting(flags.recorded).sorted() {
            lines.append("flag \(flag): recorded without it, here it is given")
        }
        return lines
    }
}
