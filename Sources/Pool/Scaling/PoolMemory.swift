/// What the browsers of a pool use of its memory, and what one more would.
struct PoolMemory: Equatable {
    /// Memory that the browsers use which may be alive, in bytes: what was sampled, or what is expected where nothing was.
    let usedBytes: UInt64
    /// Memory that they may use, in bytes; 0 for no limit.
    let limitBytes: UInt64
    /// Memory that one more is expected to use, in bytes: the mean of what the others use, or else of what was sampled
    /// before; 0 when it is not known.
    let expectedBytes: UInt64

    /// Whether they use more than they may.
    var isExceeded: Bool { limitBytes > 0 && usedBytes > limitBytes }

    /// How many more there is room for, as far as that is known. A pool without any has room for one, or nothing would
    /// ever run.
    var room: Int {
        guard limitBytes > 0 else { return .max }
        if usedBytes == 0 {
            return max(1, expectedBytes == 0 ? .max : Int(clamping: limitBytes / expectedBytes))
        }
        guard usedBytes < limitBytes else { return 0 }
        return expectedBytes == 0 ? .max : Int(clamping: (limitBytes - usedBytes) / expectedBytes)
    }
}

extension PoolState {
    /// What the browsers use of the memory that the policy gives them.
    var memory: PoolMemory {
        guard let limit = scalingPolicy?.memoryLimitBytes, limit > 0 else {
            return PoolMemory(usedBytes: 0, limitBytes: 0, expectedBytes: 0)
        }
        var (sum, sampled, others) = (UInt128(0), UInt128(0), UInt128(0))
        browsers.inspect { browser in
            guard browser.pointee.phase != .failed else { return }
            if browser.pointee.memoryBytes > 0 {
                sum += UInt128(browser.pointee.memoryBytes)
                sampled += 1
            } else {
                others += 1
            }
        }
        let expected = sampled > 0 ? sum / sampled : UInt128(costs?.memoryBytes ?? 0)
        return PoolMemory(
            usedBytes: UInt64(clamping: sum + others * expected), limitBytes: limit,
            expectedBytes: UInt64(clamping: expected))
    }
}
