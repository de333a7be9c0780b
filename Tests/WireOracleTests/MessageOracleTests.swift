import Foundation
import Projections
import SwiftProtobuf
import Testing

@testable import Pool

/// Our codec and swift-protobuf agree on the messages that are stored or exchanged outside of events.
@Suite("Messages and swift-protobuf")
struct MessageOracleTests {
    /// Checks one message in every way; `empty` is what the reader fills.
    private func agree<Ours: WireMessage, Theirs: SwiftProtobuf.Message>(
        _ empty: Ours, _ type: Theirs.Type, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let name = String(describing: Ours.self)
        for seed: UInt64 in 0..<100 {
            var filler = RandomFiller(seed: seed, mode: seed % 4 == 0 ? .everyField : .anything)
            var message = empty
            message.visit(&filler)
            let bytes = message.bytes
            let theirs = try oracle(bytes, as: Theirs.self, "seed \(seed)", sourceLocation: sourceLocation)
            // Reading over other values tells whether absent fields are taken for zero.
            var other = empty
            var otherFiller = RandomFiller(seed: ~seed, mode: .everyField)
            other.visit(&otherFiller)
            for start in [empty, other] {
                let decoded = try start.decoding(bytes)
                #expect(decoded.bytes == bytes, "seed \(seed)", sourceLocation: sourceLocation)
                if !filler.gaveNaN {
                    #expect(decoded == message, "seed \(seed)", sourceLocation: sourceLocation)
                }
            }
            var scrambler = WireScrambler(schema: .compiled, random: SplitMix64(seed: seed))
            let scrambled = scrambler.scramble(bytes, name)
            #expect(
                try Theirs(serializedBytes: scrambled).serializedBytes() == bytes, "seed \(seed)",
                sourceLocation: sourceLocation)
            #expect(
                try empty.decoding(scrambled).bytes == bytes, "seed \(seed)", sourceLocation: sourceLocation)
            let differences = try JSONComparison.differences(
                ours: JSONWriter.object(message), theirs: theirs.schemaJSON(), message: name,
                schema: .compiled)
            #expect(differences.isEmpty, "seed \(seed)", sourceLocation: sourceLocation)
        }
    }

    @Test("the pool's state with all its tables (CORE-1: these are the canonical bytes)")
    func poolState() throws { try agree(PoolState(), Weir_V1_PoolState.self) }

    @Test("the rows of the state's tables")
    func tables() throws {
        try agree(TaskState(), Weir_V1_TaskState.self)
        try agree(BrowserState(), Weir_V1_BrowserState.self)
        try agree(AllocationState(), Weir_V1_AllocationState.self)
        try agree(RecoveryState(), Weir_V1_RecoveryState.self)
        try agree(ObligationState(), Weir_V1_ObligationState.self)
        try agree(TimerState(), Weir_V1_TimerState.self)
    }

    @Test("the pool's policy")
    func poolPolicy() throws { try agree(PoolPolicy(), Weir_V1_PoolPolicy.self) }

    @Test("a task's specification")
    func taskSpec() throws { try agree(TaskSpec(), Weir_V1_TaskSpec.self) }

    @Test("the file that a failure is reproduced from")
    func failurePack() throws { try agree(FailurePack(), Weir_V1_FailurePack.self) }

    @Test("a state cut short is an error or the state that exactly these bytes say")
    func truncated() throws {
        var filler = RandomFiller(seed: 3, mode: .everyField)
        var state = PoolState()
        state.visit(&filler)
        let bytes = state.bytes
        for length in 0..<bytes.count {
            let prefix = Array(bytes.prefix(length))
            guard let read = try? PoolState().decoding(prefix) else { continue }
            #expect(read.bytes == prefix, "\(length) bytes")
            #expect(read != state, "\(length) bytes")
        }
    }
}
