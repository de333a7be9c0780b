import BrowserExecutor
import ChromePipe
import Pool

/// What a browser may use where one is to use too much: with the limits that are usual it would take minutes, and much
/// of the machine.
enum ChaosLimits {
    /// Script heap of a page, in MiB.
    static let heapMiB = 256
    /// Memory of all processes of a browser, in MiB; half of what a flood fills at most.
    static let memoryMiB: UInt64 = 2_048

    /// Sets those that the faults call for.
    static func set(in configuration: inout BrowserExecutor.Configuration, for faults: [InjectedFault]) {
        if faults.contains(.heapExhausted) {
            configuration.launchOptions.extraArguments.append("--js-flags=--max-old-space-size=\(heapMiB)")
        }
        if faults.contains(.gpuFlooded) { configuration.memoryBudgetBytes = memoryMiB << 20 }
    }
}
