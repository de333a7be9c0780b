import NIOCore

/// What the browser can send: the outside of a message, with its inside still raw.
enum CDPEnvelope: Equatable {
    case answer(id: Int, result: RawJSON)
    case failure(id: Int, ProtocolError)
    case event(method: String, session: SessionID?, parameters: RawJSON)

    /// An error that the browser answered with.
    struct ProtocolError: Error, Equatable {
        let code: Int
        let message: String
        /// More about it: text, or else the JSON text of whatever it is.
        let data: String?
    }

    /// Why a message cannot be understood: this ends the connection.
    struct Violation: Error, Equatable {
        let reason: String
    }

    /// Takes a message apart.
    init(_ message: ByteBuffer) throws(Violation) {
        let members: [6 of RawJSON?]
        do throws(MalformedJSON) {
            members = try RawJSON(message).members(["id", "result", "error", "method", "sessionId", "params"])
        } catch {
            throw Self.violation("\(error.reason) at byte \(error.offset)", message)
        }
        var session: SessionID?
        if let raw = members[4] {
            guard let text = try? raw.decode(String.self) else {
                throw Self.violation("sessionId is no string", message)
            }
            session = SessionID(text)
        }
        if let raw = members[0] {
            guard let id = raw.integer else { throw Self.violation("id is no integer", message) }
            if let result = members[1] {
                self = .answer(id: id, result: result)
            } else if let raw = members[2] {
                guard let error = try? ProtocolError(raw) else {
                    throw Self.violation("an answer's error has no code and message", message)
                }
                self = .failure(id: id, error)
            } else {
                throw Self.violation("an answer has neither a result nor an error", message)
            }
        } else if let method = try? members[3]?.decode(String.self) {
            self = .event(method: method, session: session, parameters: members[5] ?? RawJSON("{}"))
        } else {
            // Chrome answers text that it cannot parse so (code -32700): no call can be told that it failed.
            throw Self.violation("a message has neither an id nor a method", message)
        }
    }

    private static let shownBytes = 200

    private static func violation(_ reason: String, _ message: ByteBuffer) -> Violation {
        let start = String(decoding: message.readableBytesView.prefix(shownBytes), as: UTF8.self)
        return Violation(reason: "\(reason): \(start)")
    }
}

extension CDPEnvelope.ProtocolError {
    private struct Outline: Decodable {
        let code: Int
        let message: String
    }

    fileprivate init(_ error: RawJSON) throws {
        let outline = try error.decode(Outline.self)
        let data = error.member("data")
        self.init(
            code: outline.code, message: outline.message,
            data: try data?.decode(JSONScalar.self) == .null
                ? nil : data.map { (try? $0.decode(String.self)) ?? $0.description })
    }
}
