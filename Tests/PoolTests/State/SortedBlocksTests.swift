import PoolSimulator
import Testing

@testable import Pool

@Suite("Sorted blocks")
struct SortedBlocksTests {
    @Test(
        "hold what a sorted array holds, whatever is done to them", arguments: 1...20 as ClosedRange<UInt64>)
    func likeAnArray(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var blocks = SortedBlocks<UInt64>()
        var model: [UInt64] = []
        let range = random.pick([20, 300, 3000] as [UInt64])
        for step in 0..<6000 {
            // They grow first, across several blocks, and then shrink to nothing.
            let isInsertion = random.chance(perMille: step < 3000 ? 700 : 250)
            let element = random.below(range)
            let place = model.firstIndex { $0 >= element } ?? model.count
            let isThere = place < model.count && model[place] == element
            #expect(blocks.contains(element) == isThere)
            if random.chance(perMille: 200) {
                let other = random.below(range)
                blocks.replace(element, with: other)
                model.removeAll { $0 == element || $0 == other }
                model.insert(other, at: model.firstIndex { $0 > other } ?? model.count)
            } else if isInsertion {
                let isNew = blocks.insert(element)
                #expect(isNew == !isThere)
                if !isThere { model.insert(element, at: place) }
            } else {
                let wasThere = blocks.remove(element)
                #expect(wasThere == isThere)
                if isThere { model.remove(at: place) }
            }
            #expect(blocks.count == model.count)
            let limit = SortedBlocks<UInt64>.blockLimit
            #expect(
                blocks.earlier.allSatisfy { (1...limit).contains($0.count) } && blocks.last.count <= limit)
            #expect(blocks.last.isEmpty == model.isEmpty)
            if step % 50 == 0 { #expect(Array(blocks) == model, "seed \(seed), step \(step)") }
        }
        #expect(blocks.first { $0 % 7 == 3 } == model.first { $0 % 7 == 3 })
        for element in model { blocks.remove(element) }
        #expect(blocks.isEmpty && blocks == SortedBlocks())
    }

    @Test("are equal when they hold the same, however they came to it")
    func equality() {
        var upwards = SortedBlocks<Int>()
        var downwards = SortedBlocks<Int>()
        for element in 0..<1000 { upwards.insert(element) }
        for element in (0..<1000).reversed() { downwards.insert(element) }
        #expect(upwards == downwards)
        downwards.remove(500)
        #expect(upwards != downwards)
    }

    @Test("stay few when elements are taken out one by one")
    func joining() {
        var blocks = SortedBlocks<Int>()
        for element in 0..<100_000 { blocks.insert(element) }
        for element in 0..<100_000 where element % 1000 != 0 { blocks.remove(element) }
        #expect(Array(blocks) == Array(stride(from: 0, to: 100_000, by: 1000)))
        #expect(blocks.earlier.count <= 2 * 100 / (SortedBlocks<Int>.blockLimit / 2) + 1)
    }
}
