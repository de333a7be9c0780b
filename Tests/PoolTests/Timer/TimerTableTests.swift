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
}
