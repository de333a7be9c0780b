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
        let whole = RawJSON(message)
        var (id, result, error): (Range<Int>?, Range<Int>?, Range<Int>?)
        var (method, session, parameters): (Range<Int>?, Range<Int>?, Range<Int>?)
        do throws(MalformedJSON) {
            try whole.visitMembers { name, value in
                switch name {
                case "id": id = value
                case "result": result = value
                case "error": error = value
                case "method": method = value
                case "sessionId": session = value
                case "params": parameters = value
                default: break
                }
            }
        } catch {
            throw Self.violation("\(error.reason) at byte \(error.offset)", message)
        }
        if let session, !whole.slice(session).isText {
            throw Self.violation("sessionId is no string", message)
        }
        if let id {
            guard let id = whole.slice(id).integer else { throw Self.violation("id is no integer", message) }
            if let result {
                self = .answer(id: id, result: whole.slice(result))
            } else if let error {
                guard let error = try? ProtocolError(whole.slice(error)) else {
                    throw Self.violation("an answer's error has no code and message", message)
                }
                self = .failure(id: id, error)
            } else {
                throw Self.violation("an answer has neither a result nor an error", message)
            }
        } else if let method = method.flatMap({ try? whole.slice($0).text() }) {
            let session = session.flatMap { try? whole.slice($0).text() }.map { SessionID($0) }
            self = .event(
                method: method, session: session, parameters: parameters.map(whole.slice) ?? RawJSON("{}"))
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
                ? nil : data.map { (try? $0.text()) ?? $0.description })
    }
}
