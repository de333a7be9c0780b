import Foundation
import Pool
import Testing

/// Recorded logs, as exports: `revision-<decision revision>-seed-<seed>.weirlog` as simulations wrote them, and with
/// `-altered-at-<event>` the same with one decision changed.
enum DecisionFixtures {
    struct Fixture: CustomStringConvertible {
        let path: String
        /// The decision revision of all its steps.
        let revision: UInt32
        /// The event that is not as it was decided.
        let alteredAt: UInt64?

        init?(path: String) {
            let name = (path as NSString).lastPathComponent
            guard let match = name.wholeMatch(of: /revision-(\d+)-seed-\d+(-altered-at-(\d+))?\.weirlog/),
                let revision = UInt32(match.1)
            else { return nil }
            self.path = path
            self.revision = revision
            alteredAt = match.3.flatMap { UInt64($0) }
        }

        var description: String { (path as NSString).lastPathComponent }
    }

    static let all: [Fixture] = {
        let folder = Bundle.module.resourcePath.map { $0 + "/Fixtures" } ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { Fixture(path: folder + "/" + $0) }
    }()

    static var sound: [Fixture] { all.filter { $0.alteredAt == nil } }
    static var altered: [Fixture] { all.filter { $0.alteredAt != nil } }

    /// The folder that new fixtures are written to, if they are asked for.
    static var destination: String? { ProcessInfo.processInfo.environment["WEIR_FIXTURES_TO"] }

    /// Seeds of small simulations in which much goes wrong: together they record every type of event.
    static let seeds: [UInt64] = [34, 67, 68, 113]
    /// The seed of the simulation of which one decision is changed.
    static let alteredSeed: UInt64 = 68
}

/// Makes the fixtures of the present decision revision.
@Suite(.enabled(if: DecisionFixtures.destination != nil)) struct FixtureMaking {
    @Test("fixtures are written", arguments: DecisionFixtures.seeds)
    func make(seed: UInt64) async throws {
        let folder = try #require(DecisionFixtures.destination)
        let name = folder + "/revision-\(PoolState.decisionRevision)-seed-\(seed)"
        var log = try SimulatedLog(seed: seed)
        try await log.export(to: name + ".weirlog")
        guard seed == DecisionFixtures.alteredSeed else { return }
        let altered = log.alterLastGrant()
        try await log.export(to: name + "-altered-at-\(altered).weirlog")
    }
}
