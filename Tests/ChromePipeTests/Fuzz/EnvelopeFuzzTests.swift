import Foundation
import NIOCore
import Testing

@testable import ChromePipe

/// Taking messages apart, with Foundation's parser as the oracle.
///
/// An envelope leaves the values of its members as they are, so that a message may be accepted of which a value is
/// malformed. So the oracle is asked about the message with such values replaced: all around them must be sound.
@Suite(.timeLimit(.minutes(10))) struct EnvelopeFuzzTests {
    @Test("what a message is taken for is what Foundation reads in it, damaged or not (EXEC-1)")
    func envelopes() {
        var kinds: [String: Int] = [:]
        for seed in fuzzSeeds(60) {
            var generator = MessageGenerator(seed: seed)
            for attempt in 0..<40 {
                let text = generator.message()
                let bytes = attempt == 0 ? Array(text.utf8) : generator.damaged(text)
                let expected = Reading(bytes)
                let found = Reading(found: bytes)
                #expect(found == expected, "seed \(seed): \(shown(bytes))")
                if attempt == 0 { #expect(!found.isViolation, "seed \(seed): \(shown(bytes))") }
                kinds[expected.kind, default: 0] += 1
            }
        }
        #expect(kinds.count == 4, "not all that a message can be was drawn: \(kinds)")
    }

    @Test("a violation says what was wrong, at which byte, and shows where the message begins (EXEC-1)")
    func reasons() {
        for seed in fuzzSeeds(150) {
            var generator = MessageGenerator(seed: seed)
            let bytes = generator.damaged(generator.message())
            var scanner: Result<Void, MalformedJSON> = .success(())
            do throws(MalformedJSON) {
                try RawJSON(ByteBuffer(bytes: bytes)).visitMembers { _, _ in }
            } catch {
                scanner = .failure(error)
            }
            do throws(CDPEnvelope.Violation) {
                _ = try CDPEnvelope(ByteBuffer(bytes: bytes))
            } catch {
                let start = String(decoding: bytes.prefix(200), as: UTF8.self)
                #expect(error.reason.hasSuffix(": " + start), "seed \(seed): \(error.reason)")
                if case .failure(let malformed) = scanner {
                    #expect((0...bytes.count).contains(malformed.offset), "seed \(seed)")
                    #expect(
                        error.reason.hasPrefix("\(malformed.reason) at byte \(malformed.offset): "),
                        "seed \(seed): \(error.reason)")
                }
            }
        }
    }

    @Test("a string of JSON text is read as Foundation reads it, and is none where Foundation finds none")
    func embedded() {
        for seed in fuzzSeeds(800) {
            var generator = MessageGenerator(seed: seed)
            let inner = generator.message()
            let quoted = String(decoding: try! JSONEncoder().encode(inner), as: UTF8.self)
            let bytes = seed.isMultiple(of: 5) ? Array(quoted.utf8) : generator.damaged(quoted)
            guard bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { continue }
            let found = RawJSON(ByteBuffer(bytes: bytes)).embedded()
            if let expected = try? JSONDecoder().decode(String.self, from: Data(bytes)) {
                #expect(found?.bytes == Array(expected.utf8), "seed \(seed): \(shown(bytes))")
            } else if bytes.allSatisfy({ (0x20..<0x80).contains($0) }) {
                // Bytes that a string may not hold are left to whoever reads the text.
                #expect(found == nil, "seed \(seed): \(shown(bytes))")
            }
        }
    }

    @Test("no event's parameters, however damaged, are more than an event that is not understood")
    func events() {
        let samples = [
            "Target.targetCrashed": #"{"targetId":"T","status":"killed","errorCode":9}"#,
            "Target.targetDestroyed": #"{"targetId":"T"}"#,
            "Target.targetInfoChanged":
                #"{"targetInfo":{"targetId":"T","type":"page","title":"t","url":"u","attached":true}}"#,
            "Target.attachedToTarget":
                #"{"sessionId":"S","targetInfo":{"targetId":"T","type":"page","title":"","url":"","attached":true}}"#,
            "Target.detachedFromTarget": #"{"sessionId":"S"}"#,
            "Page.lifecycleEvent": #"{"name":"load","loaderId":"L"}"#,
            "Fetch.requestPaused":
                #"{"requestId":"r","request":{"url":"u","method":"GET","headers":{"a":"b"}},"resourceType":"Document"}"#,
            "Runtime.bindingCalled": #"{"name":"n","payload":"p"}"#,
            "Runtime.consoleAPICalled":
                #"{"type":"log","args":[{"type":"number","value":1.5},{"type":"object"}]}"#,
            "Runtime.exceptionThrown":
                #"{"exceptionDetails":{"text":"t","lineNumber":1,"columnNumber":2,"exception":{"value":{"a":1}}}}"#,
            "Log.entryAdded": #"{"entry":{"source":"s","level":"error","text":"t"}}"#,
        ]
        for seed in fuzzSeeds(60) {
            var generator = MessageGenerator(seed: seed)
            for (method, parameters) in samples.sorted(by: { $0.key < $1.key }) {
                if seed == 1, case .other = CDPEvent(method: method, parameters: RawJSON(parameters)) {
                    Issue.record("\(method) is not understood as it is")
                }
                let damaged = generator.damaged(parameters)
                let event = CDPEvent(method: method, parameters: RawJSON(ByteBuffer(bytes: damaged)))
                guard case .other(let named, let kept) = event else { continue }
                #expect(named == method && kept.bytes == damaged, "seed \(seed): \(shown(damaged))")
            }
        }
    }

    private func shown(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).debugDescription
    }
}

/// What Foundation reads in JSON text; nil if it is malformed.
private func value(_ text: some Sequence<UInt8>) -> Any? {
    let text = Data(text)
    return (try? JSONSerialization.jsonObject(with: text, options: .fragmentsAllowed))
        ?? (try? JSONSerialization.jsonObject(with: wellFormed(text), options: .fragmentsAllowed))
}

/// The string that Foundation reads in JSON text; nil if there is none.
private func string(_ text: some Sequence<UInt8>) -> String? { value(text) as? String }

/// Foundation reads no half of a surrogate pair, in place of which U+FFFD is expected.
private func wellFormed(_ text: Data) -> Data {
    guard let string = String(data: text, encoding: .utf8) else { return text }
    let escape = /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\./.matchingSemantics(
        .unicodeScalar)
    return Data(string.replacing(escape) { $0.output.utf8.count == 6 ? #"\ufffd"# : String($0.output) }.utf8)
}

/// What a message is taken for, in words that the oracle and the code under test share.
private enum Reading: Equatable {
    case answer(id: Int, result: [UInt8])
    case failure(id: Int, code: Int, message: String, data: String?)
    case event(method: String, session: String?, parameters: [UInt8])
    case violation

    var isViolation: Bool { self == .violation }

    var kind: String {
        switch self {
        case .answer: "answer"
        case .failure: "failure"
        case .event: "event"
        case .violation: "violation"
        }
    }

    /// What the code takes it for.
    init(found bytes: [UInt8]) {
        switch try? CDPEnvelope(ByteBuffer(bytes: bytes)) {
        case .answer(let id, let result)?: self = .answer(id: id, result: result.bytes)
        case .failure(let id, let error)?:
            self = .failure(id: id, code: error.code, message: error.message, data: error.data)
        case .event(let method, let session, let parameters)?:
            self = .event(method: method, session: session?.rawValue, parameters: parameters.bytes)
        case nil: self = .violation
        }
    }

    /// What it is.
    init(_ bytes: [UInt8]) {
        self = Self.read(bytes) ?? .violation
    }

    private static func read(_ bytes: [UInt8]) -> Reading? {
        guard let members = Members(bytes) else { return nil }
        var session: String?
        if let raw = members["sessionId"] {
            guard let text = string(raw) else { return nil }
            session = text
        }
        if let raw = members["id"] {
            guard let id = integer(raw) else { return nil }
            if let result = members["result"] { return .answer(id: id, result: result) }
            return members["error"].flatMap { failure(id, $0) }
        }
        guard let method = members["method"].flatMap(string) else { return nil }
        return .event(method: method, session: session, parameters: members["params"] ?? Array("{}".utf8))
    }

    /// Without a fraction or an exponent, and small enough.
    private static func integer(_ text: [UInt8]) -> Int? {
        let digits = String(decoding: text, as: UTF8.self)
        return digits.wholeMatch(of: /0|-?[1-9][0-9]*/).flatMap { _ in Int(digits) }
    }

    private static func failure(_ id: Int, _ text: [UInt8]) -> Reading? {
        struct Outline: Decodable {
            let code: Int
            let message: String
        }
        guard let outline = try? JSONDecoder().decode(Outline.self, from: wellFormed(Data(text))) else {
            return nil
        }
        let raw = Members(text)?["data"]
        let data = raw.flatMap {
            value($0) is NSNull ? nil : string($0) ?? String(decoding: $0, as: UTF8.self)
        }
        return .failure(id: id, code: outline.code, message: outline.message, data: data)
    }
}

/// The members of a message by Foundation's judgement of all that is around their values.
private struct Members {
    private var members: [String: [UInt8]] = [:]

    subscript(_ name: String) -> [UInt8]? { members[name] }

    /// Nil for what is no object. Where the values are is what the scanner says, if that is all there is: the text
    /// around keys and values must be that of an object, and what is left when malformed ones are replaced must be sound.
    init?(_ text: [UInt8]) {
        guard let parts = Self.parts(of: text) else {
            #expect(!Self.isObject(text) || Self.endsInComma(text), "refused: \(Self.shown(text))")
            return nil
        }
        var outline: [UInt8] = []
        var repaired: [UInt8] = []
        var end = 0
        for (key, value) in parts {
            let name = string(text[key.lowerBound - 1..<key.upperBound + 1])
            members[name ?? String(decoding: text[key], as: UTF8.self)] = Array(text[value])
            let (before, between) = (text[end..<key.lowerBound], text[key.upperBound..<value.lowerBound])
            outline += before + between
            repaired += before
            repaired += name == nil ? Array("?".utf8) : Array(text[key])
            repaired += between
            repaired +=
                Self.isObject(Array("{\"\":".utf8) + text[value] + [0x7D]) ? Array(text[value]) : [0x30]
            end = value.upperBound
        }
        outline += text[end...]
        repaired += text[end...]
        let expected = "{" + Array(repeating: "\"\":", count: parts.count).joined(separator: ",") + "}"
        let isWhole = outline.filter { !Array(" \n\r\t".utf8).contains($0) } == Array(expected.utf8)
        #expect(isWhole && Self.isObject(repaired), "accepted: \(Self.shown(text))")
    }

    private static func parts(of text: [UInt8]) -> [(key: Range<Int>, value: Range<Int>)]? {
        text.withUnsafeBytes { bytes in
            var found: [(key: Range<Int>, value: Range<Int>)] = []
            var scanner = JSONScanner(bytes)
            do throws(MalformedJSON) {
                try scanner.visitMembers { found.append(($0, $1)) }
                return found
            } catch {
                return nil
            }
        }
    }

    private static func isObject(_ text: [UInt8]) -> Bool {
        value(text) is [String: Any]
    }

    /// Foundation lets a comma stand behind the last member.
    private static func endsInComma(_ text: [UInt8]) -> Bool {
        let end = text.filter { !Array(" \n\r\t".utf8).contains($0) }.suffix(2)
        return end.elementsEqual(",}".utf8)
    }

    private static func shown(_ text: [UInt8]) -> String {
        String(decoding: text, as: UTF8.self).debugDescription
    }
}
