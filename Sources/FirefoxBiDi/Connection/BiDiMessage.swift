import ChromePipe
import Foundation

/// What the browser can send: the outside of a message, with its inside still raw.
enum BiDiMessage {
    case answer(id: Int, RawJSON)
    /// - Parameter message: The protocol's name of the error, and the browser's words.
    case failure(id: Int, message: String)
    case event(name: String, RawJSON)

    /// Why a message cannot be understood: this ends the connection.
    struct Violation: Error {
        let reason: String
    }

    init(_ text: RawJSON) throws(Violation) {
        func string(_ member: String) -> String? {
            (try? text.member(member)?.decode(String.self)) ?? nil
        }
        let id = text.member("id").flatMap { Int($0.description) }
        switch (string("type"), id) {
        case ("success", let id?):
            self = .answer(id: id, text.member("result") ?? RawJSON("{}"))
        case ("error", let id?):
            self = .failure(
                id: id, message: "\(string("error") ?? "unknown error"): \(string("message") ?? "")")
        case ("event", _):
            guard let name = string("method") else { throw Violation(reason: "an event has no name") }
            self = .event(name: name, text.member("params") ?? RawJSON("{}"))
        case ("error", nil):
            // A command that the browser could not read: no call can be told that it failed.
            throw Violation(reason: "an error without an id: \(string("message") ?? "")")
        default:
            let start = text.withBytes { String(decoding: $0.prefix(200), as: UTF8.self) }
            throw Violation(reason: "a message is neither an answer nor an event: \(start)")
        }
    }
}
