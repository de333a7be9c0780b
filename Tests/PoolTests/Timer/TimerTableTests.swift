import PoolSimulator
import Testing

@testable import Pool

@Suite("The timer table")
struct TimerTableTests {
    private func time(_ value: UInt64) -> EventTime { EventTime(nanoseconds: value) }

    @Test("keeps timers by due time, then kind, then subject")
    func order() {
        var table = TimerTable()
        table.set(.idle, 1, at: time(20))
        table.set(.lease, 2, at: time(20))
        table.set(.lease, 1, at: time(20))
        table.set(.close, 9, at: time(10))
        #expect(table.timers.map(\.subject) == [9, 1, 2, 1])
        #expect(table.earliest == TimerState(dueAt: time(10), kind: .close, subject: 9))
    }

    @Test("forgets the timer that it is told to and no other")
    func clearing() {
        var table = TimerTable()
        table.set(.lease, 1, at: time(20))
        table.set(.lease, 2, at: time(20))
        table.clear(.lease, 1, at: time(21))
        #expect(table.timers.count == 2)
        table.clear(.lease, 1, at: time(20))
        #expect(table.timers.map(\.subject) == [2])
        table.clear(.lease, 2)
        #expect(table.earliest == nil)
    }

    @Test("holds what a sorted array holds, whatever is done to it", arguments: 1...6 as ClosedRange<UInt64>)
    func likeAnArray(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var table = TimerTable()
        var model: [TimerState] = []
        for step in 0..<1000 {
            let timer = TimerState(
                dueAt: time(random.below(40)), kind: random.pick(TimerKind.allCases),
                subject: random.below(30))
            switch random.below(step < 500 ? 5 : 8) {
            case 0...2:
                table.set(timer.kind, timer.subject, at: timer.dueAt)
                if !model.contains(timer) { model.append(timer) }
            case 3:
                let due = time(random.below(40))
                table.move(timer.kind, timer.subject, from: timer.dueAt, to: due)
                var moved = timer
                moved.dueAt = due
                model.removeAll { $0 == timer || $0 == moved }
                model.append(moved)
            case 4:
                table.clear(timer.kind, timer.subject)
                model.removeAll { $0.kind == timer.kind && $0.subject == timer.subject }
            default:
                let cleared = model.isEmpty ? timer : random.pick(model)
                table.clear(cleared.kind, cleared.subject, at: cleared.dueAt)
                model.removeAll { $0 == cleared }
            }
            model.sort { ($0.dueAt, $0.kind.rawValue, $0.subject) < ($1.dueAt, $1.kind.rawValue, $1.subject) }
            #expect(table.earliest == model.first)
            #expect(table.contains(timer) == model.contains(timer))
            if step % 50 == 0 { #expect(table.timers == model, "seed \(seed), step \(step)") }
        }
    }
}
