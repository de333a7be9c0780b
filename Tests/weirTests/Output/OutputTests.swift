import Foundation
import Pool
import Testing

@testable import weir

@Suite struct OutputTests {
    @Test("a time is RFC 3339 in UTC with nanoseconds")
    func time() {
        #expect(Format.time(.zero) == "1970-01-01T00:00:00.000000000Z")
        let leapDay = EventTime(nanoseconds: 1_709_210_096_000_000_007)
        #expect(Format.time(leapDay) == "2024-02-29T12:34:56.000000007Z")
    }

    @Test("a duration has the unit that suits it")
    func duration() {
        #expect(Format.duration(ms: 0.125) == "0.12 ms")
        #expect(Format.duration(ms: 84.4) == "84 ms")
        #expect(Format.duration(ms: 1580) == "1.58 s")
    }

    @Test("a count agrees with its noun")
    func count() {
        #expect(Format.count(1, "item") == "1 item")
        #expect(Format.count(0, "item") == "0 items")
        #expect(Format.count(7, "step") == "7 steps")
    }

    @Test("a software adapter is always named as one")
    func adapter() {
        let software = Adapter(vendor: "google", architecture: "swiftshader", software: true)
        #expect(Format.adapter(software) == "google swiftshader (software)")
        #expect(Format.adapter(Adapter(vendor: "intel", software: false)) == "intel (hardware)")
        #expect(Format.adapter(Adapter(software: true)) == "unnamed (software)")
    }

    @Test("a table's columns are as wide as their widest cell, and lines end without spaces")
    func table() {
        var table = TextTable(["A", "LONG"])
        table.add(["wide", "b"])
        table.add(["c", ""])
        #expect(table.text == "A     LONG\nwide  b\nc")
    }

    @Test("an event's line has its number, time, type, fields and cause")
    func eventLine() throws {
        let event = Event(
            sequence: 18, at: EventTime(nanoseconds: 1_709_210_096_500_000_000), cause: 16,
            payload: TaskSucceeded(task: TaskID(3), itemsDone: 360).payload)
        #expect(
            EventLine.text(event) == "    18  12:34:56.500  task_succeeded        task=3 items_done=360  ← 16"
        )
        let value = try JSONSerialization.jsonObject(with: Data(EventLine.json(event).utf8))
        let object = try #require(value as? [String: Any])
        #expect(object["sequence"] as? Int == 18)
        #expect(object["at"] as? String == "2024-02-29T12:34:56.500000000Z")
        #expect(object["type"] as? String == "task_succeeded")
        #expect(object["cause"] as? Int == 16)
        #expect((object["data"] as? [String: Any])?["items_done"] as? Int == 360)
    }

    @Test("a line stays one line, whatever an event's text holds")
    func oneLine() {
        let event = Event(
            sequence: 1, at: .zero, cause: 0,
            payload: BrowserFailed(
                browser: BrowserID(5),
                detail: "first\nsecond \u{1B}[31mred\r\n\(String(repeating: "x", count: 500))"
            ).payload)
        let line = EventLine.text(event)
        #expect(!line.contains { $0.isNewline })
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 })
        #expect(line.count < 300)
    }

    @Test("empty tables say what to do")
    func empty() {
        #expect(TaskListing.text([]).contains("weir run"))
        #expect(BrowserListing.text([]).contains("weir run"))
    }
}
