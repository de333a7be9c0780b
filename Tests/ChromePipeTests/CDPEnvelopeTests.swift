import Foundation
import NIOCore
import Testing

@testable import ChromePipe

@Suite struct CDPEnvelopeTests {
    private func envelope(_ text: String) throws -> CDPEnvelope {
        try CDPEnvelope(ByteBuffer(string: text))
    }

    @Test("an answer is found whatever the order of its members and whatever stands in its strings")
    func answer() throws {
        let result = #"{"a":"}]\"\\","b":[1,{"id":9}]}"#
        #expect(try envelope(#"{"id":7,"result":\#(result)}"#) == .answer(id: 7, result: RawJSON(result)))
        #expect(
            try envelope(#" { "result" : \#(result) , "sessionId":"S", "id" : 7 } "#)
                == .answer(id: 7, result: RawJSON(result)))
    }

    @Test("an error keeps its code and words")
    func failure() throws {
        let text = #"{"error":{"code":-32601,"message":"'X.y' wasn't found"},"id":3}"#
        #expect(
            try envelope(text)
                == .failure(id: 3, .init(code: -32601, message: "'X.y' wasn't found", data: nil)))
    }

    @Test(
        "what more an error says may be of any kind",
        arguments: [
            (#""more""#, "more"), (#"{"a":[1]}"#, #"{"a":[1]}"#), ("7", "7"), ("null", nil),
            (#""\ud83d""#, "\u{FFFD}"),
        ])
    func errorData(_ data: String, _ expected: String?) throws {
        #expect(
            try envelope(#"{"id":3,"error":{"message":"m","data":\#(data),"code":-32000}}"#)
                == .failure(id: 3, .init(code: -32000, message: "m", data: expected)))
    }

    @Test("an answer is its call's however its keys are written")
    func escapedKeys() throws {
        #expect(try envelope(#"{"\u0069d":7,"resul\u0074":1}"#) == .answer(id: 7, result: RawJSON("1")))
    }

    @Test("an event has its session and raw parameters")
    func event() throws {
        let text = #"{"method":"Page.loadEventFired","params":{"timestamp":1.5},"sessionId":"AB"}"#
        #expect(
            try envelope(text)
                == .event(
                    method: "Page.loadEventFired", session: SessionID("AB"),
                    parameters: RawJSON(#"{"timestamp":1.5}"#)))
    }

    @Test(
        "what is no message is a violation",
        arguments: [
            "", "nonsense", "[1]", "{", #"{"id":1"#, #"{"id":1,"result":{}}x"#, #"{"id":"1","result":{}}"#,
            #"{"id":1}"#, #"{"error":{"code":-32700,"message":"not JSON"}}"#, #"{"id":1,"result":"#,
            #"{"id":1,"result":{"a":"b}}"#, #"{"id":+1,"result":{}}"#, #"{"id":01,"result":{}}"#,
            #"{"id":1.0,"result":{}}"#, #"{"id":99999999999999999999,"result":{}}"#,
            #"{"id":1,"error":{"message":"m"}}"#, #"{"id":1,"error":{"code":"1","message":"m"}}"#,
            #"{"sessionId":5,"method":"A.b"}"#, #"{"id":1 "result":{}}"#,
        ])
    func violation(text: String) {
        #expect(throws: CDPEnvelope.Violation.self) { try envelope(text) }
    }

    @Test("no cut or changed byte of a message brings the scanner down", arguments: UInt64(1)...200)
    func damage(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var bytes = Array(#"{"id":12,"result":{"v":"a\\\"b","w":[{},[],null,-1.5e3]},"sessionId":"S"}"#.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 1...127, using: &random)
        }
        let kept = Int.random(in: 0...bytes.count, using: &random)
        let cut = try? CDPEnvelope(ByteBuffer(bytes: bytes[..<kept]))
        // An unfinished object is never taken for a whole one.
        if kept < bytes.count, bytes[..<kept].last != UInt8(ascii: "}") { #expect(cut == nil) }
    }

    @Test("a page whose title is half a surrogate pair is attached to all the same")
    func halfPairInTitle() throws {
        let target = #"{"targetId":"T","type":"page","title":"\ud83d","url":"u","attached":true}"#
        let event = CDPEvent(
            method: "Target.attachedToTarget",
            parameters: RawJSON(#"{"sessionId":"S","targetInfo":\#(target)}"#))
        guard case .attachedToTarget(SessionID("S"), let info) = event else {
            Issue.record("\(event)")
            return
        }
        #expect(info.title == "\u{FFFD}")
    }

    @Test("an evaluation's value is the browser's own text")
    func value() throws {
        let result = try EvaluateResult(
            RawJSON(#"{"result":{"type":"object","value":{"x":[1.50,"é"]}}}"#))
        #expect(result.value?.description == #"{"x":[1.50,"é"]}"#)
        #expect(result.type == "object")
        let number = try EvaluateResult(RawJSON(#"{"result":{"type":"number","unserializableValue":"NaN"}}"#))
        #expect(number.value == nil && number.unserializableValue == "NaN")
    }

    @Test("a request's body is sent in base64 beside its other parameters")
    func body() throws {
        let method = CDP.Fetch.FulfillRequest(
            requestId: "r/1", responseCode: 200, responseHeaders: [.init("A", "b")], body: [0, 255, 254])
        var buffer = try method.encodeMessage(id: 4, session: SessionID("S\"q"))
        #expect(buffer.readableBytesView.last == 0)
        let text = buffer.readString(length: buffer.readableBytes - 1)!
        let parameters = try #require(RawJSON(text).member("params"))
        #expect(try parameters.member("body")?.decode(String.self) == "AP/+")
        #expect(try parameters.member("requestId")?.decode(String.self) == "r/1")
        #expect(try RawJSON(text).member("sessionId")?.decode(String.self) == "S\"q")
    }

    @Test(
        "a text is written and read as Foundation writes and reads it, plain or not",
        arguments: ["", "1", "a b~", "a/b", "\"", "\\", "a\nb", "\u{7F}", "\u{0}", "é", "😀", "\u{2028}"])
    func texts(text: String) throws {
        let method = CDP.Runtime.Evaluate(expression: text, awaitPromise: false, userGesture: true)
        var buffer = try method.encodeMessage(id: 4, session: SessionID(text))
        let message = RawJSON(buffer.readString(length: buffer.readableBytes - 1)!)
        let written = RawJSON(String(decoding: try JSONEncoder().encode(text), as: UTF8.self))
        #expect(try message.member("sessionId")?.decode(String.self) == text)
        #expect(try written.decode(String.self) == text)
        let parameters = try #require(message.member("params"))
        let outline = try JSONDecoder().decode(Parameters.self, from: Data(parameters.bytes))
        #expect(outline == Parameters(expression: text))
    }

    private struct Parameters: Decodable, Equatable {
        var expression: String
        var awaitPromise = false
        var returnByValue = true
        var userGesture = true
    }

    @Test("what is no string is not read as one", arguments: ["1", "\"", "", "\"a", "a\"", "{}", "\"a\"b\""])
    func noText(json: String) {
        #expect(throws: (any Error).self) { try RawJSON(json).decode(String.self) }
    }
}
