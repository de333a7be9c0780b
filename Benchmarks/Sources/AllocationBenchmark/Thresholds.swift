import Foundation
import Measuring

/// How many allocations each path may take: a file of numbers by the paths' names.
struct Thresholds {
    private let perEvent: [String: Double]

    init(path: String) throws {
        guard let contents = FileManager.default.contents(atPath: path) else {
            throw BenchmarkError(
                "\(path) cannot be read; run this in the folder Benchmarks, or name the file")
        }
        perEvent = try JSONDecoder().decode([String: Double].self, from: contents)
    }

    /// Why a measured path is not as it should be; nil if it is.
    func objection(to path: String, perEvent measured: Double) -> String? {
        guard let most = perEvent[path] else { return "no threshold is set" }
        return measured > most ? "more than \(most)" : nil
    }

    /// Paths with a threshold that nothing measures any more.
    func unmeasured(_ measured: some Sequence<String>) -> [String] {
        perEvent.keys.filter { !Set(measured).contains($0) }.sorted()
    }
}
