import PoolSimulator
import Testing

@testable import Pool

@Suite("A table")
struct TableTests {
    private func task(_ id: UInt64, _ phase: TaskPhase) -> TaskState {
        TaskState(id: TaskID(id), phase: phase)
    }

    private func expect(_ table: Table<TaskState>, holds model: [TaskState], _ comment: Comment) {
        #expect(table.count == model.count, comment)
        #expect(table.isEmpty == model.isEmpty, comment)
        #expect(table.ids == model.map(\.id), comment)
        #expect(Array(table.entities) == model, comment)
        #expect(table.isOrdered, comment)
        #expect(table.count { $0.pointee.phase == .running } == model.count { $0.phase == .running }, comment)
        #expect(
            table.filter { $0.pointee.phase == .running } == model.filter { $0.phase == .running }, comment)
        #expect(
            table.contains { $0.pointee.phase == .granted } == model.contains { $0.phase == .granted },
            comment)
        #expect(
            table.allSatisfy { $0.pointee.phase != .granted } == model.allSatisfy { $0.phase != .granted },
            comment)
    }

    @Test("holds what a sorted array holds, whatever is done to it", arguments: 1...12 as ClosedRange<UInt64>)
    func likeAnArray(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var table = Table<TaskState>()
        var model: [TaskState] = []
        var next: UInt64 = 1
        for step in 0..<4000 {
            let phase = random.pick(TaskPhase.allCases)
            switch random.below(step < 2000 ? 8 : 12) {
            case 0..<4:
                next += random.within(1...3)
                table.insert(task(next, phase))
                model.append(task(next, phase))
            case 4:
                // An id of the past, of one that was removed or never there.
                let id = random.within(1...next)
                let place = model.firstIndex { $0.id.sequence >= id } ?? model.count
                if place < model.count, model[place].id.sequence == id { continue }
                table.insert(task(id, phase))
                model.insert(task(id, phase), at: place)
            case 5, 6:
                guard !model.isEmpty else { continue }
                let place = Int(random.below(UInt64(model.count)))
                table[model[place].id].phase = phase
                model[place].phase = phase
                #expect(table.find(model[place].id) == model[place])
                #expect(table[at: table.place(of: model[place].id)] == model[place])
            default:
                guard !model.isEmpty else { continue }
                // What is oldest mostly ends first.
                let place = random.chance(perMille: 700) ? 0 : Int(random.below(UInt64(model.count)))
                if random.chance(perMille: 500) {
                    table.discard(model[place].id)
                } else {
                    #expect(table.remove(model[place].id) == model[place])
                }
                #expect(!table.contains(model[place].id) && table.find(model[place].id) == nil)
                model.remove(at: place)
            }
            if step % 100 == 0 { expect(table, holds: model, "seed \(seed), step \(step)") }
        }
        expect(table, holds: model, "seed \(seed)")
        var fresh = Table<TaskState>()
        for entity in model { fresh.insert(entity) }
        #expect(table == fresh)
        if let first = model.first {
            fresh[first.id].itemsDone += 1
            #expect(table != fresh)
        }
    }

    @Test("leaves entities where they stand while others come and go")
    func places() {
        var table = Table<TaskState>()
        for id in 1...300 as ClosedRange<UInt64> { table.insert(task(id, .queued)) }
        let place = table.place(of: TaskID(150))
        for id in 1...300 as ClosedRange<UInt64> where id != 150 { table.discard(TaskID(id)) }
        for id in 301...600 as ClosedRange<UInt64> { table.insert(task(id, .queued)) }
        #expect(table.place(of: TaskID(150)) == place)
        #expect(table[at: place].id == TaskID(150))
    }

    @Test("a copy keeps what it holds, whatever becomes of the table, and the other way round")
    func copies() {
        for change in 0..<5 {
            var table = Table<TaskState>()
            var spec = TaskSpec()
            spec.model = "a name that is too long to be kept in place"
            for id in 1...8 as ClosedRange<UInt64> {
                table.insert(TaskState(id: TaskID(id), spec: spec, phase: .queued))
            }
            let model = Array(table.entities)
            var copy = table
            switch change {
            case 0: copy[TaskID(3)].phase = .running
            case 1: copy.discard(TaskID(3))
            case 2: #expect(copy.remove(TaskID(3)) == model[2])
            case 3: copy.insert(task(9, .running))
            default: copy[at: copy.place(of: TaskID(3))].spec.model = ""
            }
            expect(table, holds: model, "change \(change)")
            let changed = Array(copy.entities)
            #expect(changed != model)
            table.discard(TaskID(1))
            table[TaskID(2)].phase = .granted
            expect(copy, holds: changed, "change \(change)")
        }
    }

    @Test("finds entities whose ids have the same hash, and none that is gone")
    func sameHashes() {
        var random = SplitMix64(seed: 5)
        var table = Table<TaskState>()
        // Four places have 32 hints: of 200 times four ids many have the same one, as consecutive ids would not.
        for _ in 0..<200 {
            let ids = Set((0..<4).map { _ in random.within(1...UInt64.max / 2) }).sorted()
            for id in ids { table.insert(task(id, .queued)) }
            for id in ids { #expect(table.find(TaskID(id))?.id == TaskID(id)) }
            for id in ids {
                table.discard(TaskID(id))
                #expect(table.find(TaskID(id)) == nil)
            }
        }
        #expect(table.isEmpty)
    }
}
