import Foundation

/// The seeds of a fuzz test: `count` of them, or as many as `WEIR_TEST_SEEDS` asks for.
func fuzzSeeds(_ count: UInt64) -> ClosedRange<UInt64> {
    1...max(1, ProcessInfo.processInfo.environment["WEIR_TEST_SEEDS"].flatMap(UInt64.init) ?? count)
}
