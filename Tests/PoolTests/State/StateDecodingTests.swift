import Testing

@testable import Pool

@Suite("A state's canonical bytes")
struct StateDecodingTests {
    @Test("of the empty state read back")
    func empty() throws {
        let state = PoolState()
        #expect(try PoolState(decoding: state.canonicalBytes()) == state)
    }
}
