import Foundation
import NIOCore
import Testing

@testable import ChromePipe

/// EXEC-1: every call ends, whatever the browser sends, and whenever it ends.
@Suite(.timeLimit(.minutes(10))) struct ConnectionFuzzTests {
    @Test("every call ends as its browser answered it, and with it the connection's one death (EXEC-1)")
    func connections() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in fuzzSeeds(120) {
                // Those that wait for their death to be certain do it side by side.
                if seed > 24 { try await group.next() }
                group.addTask {
                    var scenario = try await Scenario(seed: seed)
                    try await scenario.run()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a message of the limit arrives, and one byte more is the connection's death (EXEC-1)")
    func limit() async throws {
        let limits = CDPLimits()
        for excess in 0...1 {
            let browser = try FakeBrowser(limits: limits)
            defer { browser.end() }
            let connection = browser.connection
            async let answered = Echo(token: 1).outcome(on: connection)
            let call = try #require(try await browser.nextCall())
            let start = #"{"id":\#(call.id),"result":{"token":7,"text":""#
            let padding = limits.messageBytes + excess - start.utf8.count - 3
            browser.write(Array(start.utf8))
            browser.write([UInt8](repeating: UInt8(ascii: "x"), count: padding))
            browser.write(Array("\"}}".utf8) + [0])
            if excess == 0 {
                #expect(await answered == .success(7))
            } else {
                let death = await connection.died.wait()
                guard case .messageTooLarge(limits.messageBytes + 1, limits.messageBytes) = death else {
                    Issue.record("\(death)")
                    return
                }
                #expect(await answered == .failure(.connectionDied(method: Echo.name, death)))
            }
        }
    }

    @Test("a browser that answers nothing costs each call its own deadline and no more (EXEC-1)")
    func silence() async throws {
        let browser = try FakeBrowser()
        let connection = browser.connection
        defer { browser.end() }
        let limits: [Duration] = [.seconds(-1), .zero, .milliseconds(1), .milliseconds(50)]
        for limit in limits {
            let ended = await Echo(token: 1).outcome(on: connection, deadline: limit)
            #expect(ended == .failure(.deadlineExceeded(method: Echo.name, after: limit)))
        }
        // One that no clock can hold is none.
        async let patient = Echo(token: 2).outcome(on: connection, deadline: .seconds(Int64.max))
        while let call = try await browser.nextCall() {
            browser.write(Echo.answer(call.id, token: call.token))
            if call.token == 2 { break }
        }
        #expect(await patient == .success(2))
        #expect(connection.died.value == nil)
    }
}

/// A method that the fake browser knows.
private struct Echo: CDPMethod {
    static let name = "Weir.echo"
    static let needsRenderer = true
    struct Response: Decodable, Sendable { let token: Int }

    var token: Int
    var padding = ""

    static func answer(_ id: Int, token: Int) -> [UInt8] {
        Array(#"{"id":\#(id),"result":{"token":\#(token)}}"#.utf8) + [0]
    }

    /// How the call ended; of an answer that is none, the reason is Foundation's.
    func outcome(
        on connection: CDPConnection, session: String? = nil, deadline: Duration = .seconds(60)
    ) async -> Result<Int, CDPError> {
        do throws(CDPError) {
            let answer = try await connection.call(
                self, session: session.map { SessionID($0) }, deadline: deadline)
            return .success(answer.token)
        } catch .undecodable(let method, _) {
            return .failure(.undecodable(method: method, reason: ""))
        } catch {
            return .failure(error)
        }
    }
}

/// The life of one connection, drawn from a seed: rounds of calls that end in every way, and its own end.
private struct Scenario {
    private static let limits = {
        var limits = CDPLimits()
        limits.messageBytes = 64 << 10
        limits.backlogBytes = 400 << 10
        limits.writeStall = .milliseconds(300)
        return limits
    }()

    private typealias Waiting = Task<Result<Int, CDPError>, Never>

    private let seed: UInt64
    private let browser: FakeBrowser
    private let events: AsyncStream<SessionEvent>
    private var drawn: MessageGenerator
    private var lastToken = 0
    private var markers = 0
    /// The calls that have ended, which a browser may answer all the same.
    private var ended: [Int] = []

    private var connection: CDPConnection { browser.connection }

    init(seed: UInt64) async throws {
        self.seed = seed
        drawn = MessageGenerator(seed: seed)
        browser = try FakeBrowser(limits: Self.limits)
        events = browser.connection.events(.everything, limit: 100_000)
        // An event that arrives before the thread comes to the subscription is not in it.
        await withCheckedContinuation { subscribed in
            browser.connection.thread.execute { subscribed.resume() }
        }
    }

    mutating func run() async throws {
        defer { browser.end() }
        for _ in 0..<drawn.number(1...4) { try await round() }
        let death = try await die()
        #expect(connection.died.value == death, "seed \(seed)")
        let late = await Echo(token: 0).outcome(on: connection)
        #expect(late == .failure(.connectionDied(method: Echo.name, death)), "seed \(seed)")

        var seen: [Int] = []
        var last: BrowserDeath?
        for await event in events {
            #expect(last == nil, "seed \(seed): something came after the death")
            switch event.event {
            case .died(let death): last = death
            case .other("Weir.marker", let parameters): seen.append(try parameters.decode([Int].self)[0])
            default: break
            }
        }
        #expect(last == death, "seed \(seed)")
        #expect(seen == Array(1..<(markers + 1)), "seed \(seed): events were lost, moved or doubled")
    }

    // MARK: Calls

    private enum Plan: CaseIterable {
        case answered, answeredTwice, refused, undecodable, silent, cancelled, crashed, crashedWithoutStatus
        case destroyed, detached
    }

    private mutating func round() async throws {
        let plans = (0..<drawn.number(0...12)).map { _ -> (token: Int, plan: Plan) in
            lastToken += 2
            let plan = Plan.allCases.randomElement(using: &drawn.random)!
            // It takes half a second.
            let isRare = plan == .crashedWithoutStatus && drawn.chance(90)
            return (lastToken, isRare ? .crashed : plan)
        }
        for (token, _) in plans { write(Self.attached(token)) }
        var calls: [Int: Waiting] = [:]
        for (token, plan) in plans {
            // A session of its own: what happens to one must end no other's call.
            calls[token] = start(token, deadline: plan == .silent ? .milliseconds(20) : .seconds(60))
        }
        var sent: [(id: Int, token: Int)] = []
        for _ in plans {
            let call = try #require(try await browser.nextCall(), "seed \(seed): the pipe ended")
            #expect(call.session == "S\(call.token)", "seed \(seed)")
            sent.append((call.id, call.token))
        }
        let ids = Dictionary(uniqueKeysWithValues: sent.map { ($0.token, $0.id) })

        var messages: [[UInt8]] = (0..<drawn.number(0...8)).map { _ in noise() }
        for (token, plan) in plans { messages += answers(to: ids[token]!, token, plan) }
        messages.shuffle(using: &drawn.random)
        for index in 0...messages.count where drawn.chance(20) { messages.insert(Self.marker, at: index) }
        let stream = numbered(messages)
        for (token, plan) in plans where plan == .cancelled { calls[token]?.cancel() }
        write(stream)

        for (token, plan) in plans {
            let outcome = await calls[token]!.value
            let expected = expected(token, plan, stream)
            #expect(outcome == expected, "seed \(seed): \(plan)")
            ended.append(ids[token]!)
        }
    }

    private func start(_ token: Int, deadline: Duration = .seconds(60), padding: String = "") -> Waiting {
        Task { [connection] in
            await Echo(token: token, padding: padding)
                .outcome(on: connection, session: "S\(token)", deadline: deadline)
        }
    }

    private static func attached(_ token: Int) -> [UInt8] {
        let target = #"{"targetId":"T\#(token)","type":"page","title":"","url":"","attached":true}"#
        return message(
            #"{"method":"Target.attachedToTarget","params":{"sessionId":"S\#(token)","targetInfo":\#(target)}}"#
        )
    }

    /// What the browser sends of a call.
    private mutating func answers(to id: Int, _ token: Int, _ plan: Plan) -> [[UInt8]] {
        switch plan {
        case .answered: [Echo.answer(id, token: token)]
        case .answeredTwice: [Echo.answer(id, token: token), Echo.answer(id, token: token + 1)]
        case .refused:
            [Self.message(#"{"id":\#(id),"error":{"code":-32000,"message":"no","data":"\#(token)"}}"#)]
        case .undecodable:
            [
                Self.message(
                    #"{"id":\#(id),"result":"#
                        + ["{]", "[}", "7", "tok", #"{"token":1e99}"#, #"{"token":"7"}"#, #""\ud8""#]
                        .randomElement(using: &drawn.random)! + "}")
            ]
        case .silent, .cancelled: []
        case .crashed:
            [
                Self.message(#"{"method":"Inspector.targetCrashed","params":{},"sessionId":"S\#(token)"}"#),
                Self.message(
                    #"{"method":"Target.targetCrashed","params":{"targetId":"T\#(token)","status":"oom","errorCode":5}}"#
                ),
            ]
        case .crashedWithoutStatus:
            [Self.message(#"{"method":"Inspector.targetCrashed","sessionId":"S\#(token)"}"#)]
        case .destroyed:
            [Self.message(#"{"method":"Target.targetDestroyed","params":{"targetId":"T\#(token)"}}"#)]
        case .detached:
            [Self.message(#"{"method":"Target.detachedFromTarget","params":{"sessionId":"S\#(token)"}}"#)]
        }
    }

    private func expected(_ token: Int, _ plan: Plan, _ stream: [UInt8]) -> Result<Int, CDPError> {
        let method = Echo.name
        switch plan {
        case .answered: return .success(token)
        case .answeredTwice:
            let first = #"{"token":\#(token)}"#
            let second = #"{"token":\#(token + 1)}"#
            let text = String(decoding: stream, as: UTF8.self)
            return .success(
                text.range(of: first)!.lowerBound < text.range(of: second)!.lowerBound ? token : token + 1)
        case .refused: return .failure(.refused(method: method, code: -32000, message: "no (\(token))"))
        case .undecodable: return .failure(.undecodable(method: method, reason: ""))
        case .silent: return .failure(.deadlineExceeded(method: method, after: .milliseconds(20)))
        case .cancelled: return .failure(.cancelled(method: method))
        case .crashed:
            return .failure(.targetCrashed(method: method, TargetCrash(status: "oom", errorCode: 5)))
        case .crashedWithoutStatus:
            return .failure(.targetCrashed(method: method, TargetCrash(status: nil, errorCode: nil)))
        case .destroyed: return .failure(.targetDestroyed(method: method))
        case .detached: return .failure(.sessionDetached(method: method))
        }
    }

    // MARK: What concerns no call

    private mutating func noise() -> [UInt8] {
        let methods = [
            "Target.targetCrashed", "Target.targetDestroyed", "Target.attachedToTarget",
            "Target.detachedFromTarget",
            "Inspector.targetCrashed", "Inspector.targetReloadedAfterCrash", "Page.loadEventFired",
            "Weir.unknown",
        ]
        switch drawn.number(0...3) {
        case 0:
            if let id = ended.randomElement(using: &drawn.random) { return Echo.answer(id, token: -1) }
        case 1:
            if let id = ended.randomElement(using: &drawn.random) {
                return Self.message(
                    #"{"id":\#(id),"error":{"code":1,"message":"late","data":[{}]},"sessionId":"S"}"#)
            }
        case 2:
            // Nothing of it is a session or target in use.
            let parameters = #"{"targetId":"U","sessionId":"V","status":1,"targetInfo":{"targetId":"U"}}"#
            let damaged = drawn.damaged(parameters)
            let method = methods.randomElement(using: &drawn.random)!
            let whole =
                Array(#"{"sessionId":"V","method":"\#(method)","params":"#.utf8) + damaged + Array("}".utf8)
            if case .event? = try? CDPEnvelope(ByteBuffer(bytes: whole)) { return whole + [0] }
        default:
            break
        }
        while true {
            let text = Array(drawn.message().utf8)
            if case .event? = try? CDPEnvelope(ByteBuffer(bytes: text)) { return text + [0] }
        }
    }

    private static let marker = message(#"{"method":"Weir.marker","params":[0]}"#)

    /// The messages as one stream, their markers counted on.
    private mutating func numbered(_ messages: [[UInt8]]) -> [UInt8] {
        messages.flatMap { message -> [UInt8] in
            guard message == Self.marker else { return message }
            markers += 1
            return Self.message(#"{"method":"Weir.marker","params":[\#(markers)]}"#)
        }
    }

    private static func message(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    /// Writes a stream in pieces that end anywhere.
    private mutating func write(_ stream: [UInt8]) {
        var start = 0
        let cuts = (0..<drawn.number(0...6)).map { _ in drawn.number(0...stream.count) }.sorted()
        for cut in cuts + [stream.count] {
            browser.write(Array(stream[start..<cut]))
            start = cut
            if drawn.chance(30) { usleep(UInt32(drawn.number(1...300))) }
        }
    }

    // MARK: The end

    private enum End: CaseIterable {
        case garbage, unknownCall, tooLarge, pipe, exitThenPipe, pipeThenExit, exit, unknownExit, stall,
            inputClosed
        case closed, closedWhileClosing
    }

    /// Ends the connection with calls under way, and checks how those end.
    private mutating func die() async throws -> BrowserDeath {
        var calls: [(token: Int, id: Int, task: Waiting)] = []
        for _ in 0..<drawn.number(0...8) {
            lastToken += 2
            let task = start(lastToken)
            let call = try #require(try await browser.nextCall(), "seed \(seed): the pipe ended")
            calls.append((lastToken, call.id, task))
        }
        // The last words of a browser count, and what comes after its end does not.
        let answered = calls.prefix(drawn.number(0...calls.count))
        let answers = answered.map { Echo.answer($0.id, token: $0.token) }
        let before = numbered(
            (answers + (0..<drawn.number(0...3)).map { _ in Self.marker }).shuffled(using: &drawn.random))
        let after = calls.flatMap { Echo.answer($0.id, token: -1) } + Self.marker

        let end = End.allCases.randomElement(using: &drawn.random)!
        let expected = try await perform(
            end, before: before, after: after, highestID: (ended + calls.map(\.id)).max() ?? 0)
        let death = await connection.died.wait()
        #expect(Self.shape(death) == expected, "seed \(seed): \(end)")
        for (index, call) in calls.enumerated() {
            let outcome = await call.task.value
            if index < answered.count {
                #expect(outcome == .success(call.token), "seed \(seed): \(end)")
            } else {
                #expect(
                    outcome == .failure(.connectionDied(method: Echo.name, death)), "seed \(seed): \(end)")
            }
        }
        return death
    }

    /// A death without the numbers that depend on how the bytes arrived.
    private static func shape(_ death: BrowserDeath) -> BrowserDeath {
        switch death {
        case .messageTooLarge(let bytes, let limit) where bytes > limit:
            .messageTooLarge(bytes: 0, limit: limit)
        case .stalledWrite(let bytes, let limit) where bytes > 0: .stalledWrite(pendingBytes: 0, after: limit)
        default: death
        }
    }

    private mutating func perform(
        _ end: End, before: [UInt8], after: [UInt8], highestID: Int
    ) async throws -> BrowserDeath {
        let killed = ProcessExit.signal(SIGKILL)
        switch end {
        case .garbage:
            let (text, reason) = garbage()
            write(before + text + [0] + after)
            return .protocolViolation(reason)
        case .unknownCall:
            let id = [highestID + 1, highestID + 1_000_000, 0, -3].randomElement(using: &drawn.random)!
            write(before + Echo.answer(id, token: 1) + after)
            return .protocolViolation("an answer to call \(id), which was never made")
        case .tooLarge:
            let limit = Self.limits.messageBytes
            let bytes = [UInt8](repeating: UInt8(ascii: "{"), count: limit + drawn.number(1...limit))
            write(before + bytes + (drawn.chance(50) ? [0] + after : []))
            return .messageTooLarge(bytes: 0, limit: limit)
        case .pipe, .exitThenPipe, .pipeThenExit, .closedWhileClosing:
            // The rest of a message never comes.
            write(before + Self.marker.prefix(drawn.number(0...Self.marker.count - 1)))
            if end == .closedWhileClosing { connection.beginClosing() }
            if end == .exitThenPipe { connection.sawExit(killed) }
            browser.closeOutput()
            if end == .pipeThenExit { connection.sawExit(killed) }
            switch end {
            case .pipe: return .pipeClosed
            case .closedWhileClosing: return .closedByUs
            default: return .exited(killed, pipeClosed: true)
            }
        case .exit, .unknownExit, .closed:
            write(before)
            try await settle()
            switch end {
            case .exit:
                connection.sawExit(killed)
                return .exited(killed, pipeClosed: false)
            case .unknownExit:
                connection.sawExit(nil)
                return .pipeClosed
            default:
                connection.end(.closedByUs)
                return .closedByUs
            }
        case .stall:
            write(before)
            try await settle()
            browser.stopReading()
            let padding = String(repeating: "x", count: 40 << 10)
            let calls = (1...16).map { start(-2 * $0, padding: padding) }
            var refused = 0
            for call in calls {
                switch await call.value {
                case .failure(.backlogFull(Echo.name, let queued, Self.limits.backlogBytes)) where queued > 0:
                    refused += 1
                case .failure(.connectionDied(Echo.name, .stalledWrite)):
                    break
                case let other:
                    Issue.record("seed \(seed): \(other)")
                }
            }
            #expect((1..<16).contains(refused), "seed \(seed)")
            return .stalledWrite(pendingBytes: 0, after: Self.limits.writeStall)
        case .inputClosed:
            write(before)
            try await settle()
            browser.closeInputAfterNextCall()
            let last = [start(-2), start(-4)]
            while try await browser.nextCall() != nil {}
            let late = start(-6)
            for call in last + [late] {
                let outcome = await call.value
                #expect(outcome == .failure(.connectionDied(method: Echo.name, .pipeClosed)), "seed \(seed)")
            }
            return .pipeClosed
        }
    }

    /// A damaged message, or none at all, and why it is none.
    private mutating func garbage() -> (text: [UInt8], reason: String) {
        while true {
            let text = drawn.chance(5) ? [] : drawn.damaged(drawn.message())
            do throws(CDPEnvelope.Violation) {
                _ = try CDPEnvelope(ByteBuffer(bytes: text))
            } catch {
                return (text, error.reason)
            }
        }
    }

    /// Waits until what was written has been read: a call is answered after it.
    private mutating func settle() async throws {
        lastToken += 2
        let call = start(lastToken)
        let sent = try #require(try await browser.nextCall(), "seed \(seed): the pipe ended")
        write(Echo.answer(sent.id, token: sent.token))
        #expect(await call.value == .success(lastToken), "seed \(seed)")
    }
}
