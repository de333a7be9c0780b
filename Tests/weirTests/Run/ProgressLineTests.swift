import Pool
import Testing

@testable import weir

@Suite struct ProgressLineTests {
    private let events = Array(RecordedLog.sound().steps.joined())

    @Test("the line has the task, its items and the browsers")
    func line() throws {
        let task = try #require(events.first { $0.payload.name.description == "task_submitted" })
        var progress = ProgressLine(of: [TaskID(task.sequence)])
        var shown = ""
        for event in events {
            // An hour apart, so that every event is time to show the line again.
            let later = Event(
                sequence: event.sequence, at: EventTime(nanoseconds: event.sequence * 3_600_000_000_000),
                cause: event.cause, payload: event.payload)
            let line = progress.line(after: later)
            if case .runProgressed = event.payload { shown = try #require(line) }
        }
        #expect(shown.contains("running"))
        #expect(shown.contains("3/3 items"))
        #expect(shown.contains("busy"))
        #expect(shown.count < 80)
    }

    @Test("what was before the first event that is watched is in the line: a resumed task has one")
    func resumed() throws {
        let task = TaskID(
            try #require(events.first { $0.payload.name.description == "task_submitted" }).sequence)
        let split = try #require(events.firstIndex { $0.payload.name.description == "run_started" })
        var unaware = ProgressLine(of: [task])
        let nothing = unaware.line(after: events[split])
        #expect(nothing == nil)
        var progress = ProgressLine(of: [task])
        for event in events[..<split] { progress.fold(event) }
        let shown = progress.line(after: events[split])
        let line = try #require(shown)
        #expect(line.contains("0/3 items"))
        #expect(line.contains("browser"))
    }

    @Test("the line is shown at most ten times a second")
    func pace() {
        var progress = ProgressLine(of: [TaskID(3)])
        var shown = 0
        for event in events {
            let soon = Event(
                sequence: event.sequence,
                at: EventTime(nanoseconds: 1_000_000_000 + event.sequence * 1_000_000),
                cause: event.cause, payload: event.payload)
            if progress.line(after: soon) != nil { shown += 1 }
        }
        #expect(shown == 1)
    }
}
