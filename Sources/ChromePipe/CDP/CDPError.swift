/// Why a call ended without its answer. Every call ends exactly once, with an answer or one of these.
public enum CDPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The browser answered with an error (-32601 unknown method, -32001 unknown session, -32000 and others); with code 0 one
    /// whose name stands in the message.
    case refused(method: String, code: Int, message: String)
    /// No answer within the call's own time.
    case deadlineExceeded(method: String, after: Duration)
    /// The page's renderer process is gone; its session lives on, and navigating revives it.
    case targetCrashed(method: String, TargetCrash)
    /// The target was closed.
    case targetDestroyed(method: String)
    /// The session was detached from its target.
    case sessionDetached(method: String)
    /// The calling task was cancelled.
    case cancelled(method: String)
    /// The message is larger than the connection's limit; nothing was sent.
    case messageTooLarge(method: String, bytes: Int, limit: Int)
    /// The browser does not read as fast as calls are made; nothing was sent.
    case backlogFull(method: String, queuedBytes: Int, limit: Int)
    /// The parameters could not be written as JSON.
    case unencodable(method: String, reason: String)
    /// The answer was not of the shape that the method promises.
    case undecodable(method: String, reason: String)
    /// The connection is dead, with the cause that ended every other call too.
    case connectionDied(method: String, BrowserDeath)

    public var description: String {
        switch self {
        case .refused(let method, 0, let message):
            "\(method): the browser answered with an error: \(message)"
        case .refused(let method, let code, let message):
            "\(method): the browser answered with error \(code): \(message)"
        case .deadlineExceeded(let method, let after):
            "\(method): no answer within \(after); the page or the browser may hang"
        case .targetCrashed(let method, let crash):
            "\(method): \(crash); navigate the page to revive it"
        case .targetDestroyed(let method):
            "\(method): the target was closed; open another page"
        case .sessionDetached(let method):
            "\(method): the session was detached; attach again"
        case .cancelled(let method):
            "\(method): the calling task was cancelled"
        case .messageTooLarge(let method, let bytes, let limit):
            "\(method): the message has \(bytes) bytes, over the limit of \(limit); send it in parts"
        case .backlogFull(let method, let queuedBytes, let limit):
            "\(method): \(queuedBytes) bytes wait to be read by the browser (limit \(limit)); call again later"
        case .unencodable(let method, let reason):
            "\(method): the parameters cannot be written as JSON: \(reason)"
        case .undecodable(let method, let reason):
            "\(method): the answer has another shape than expected: \(reason)"
        case .connectionDied(let method, let death):
            "\(method): \(death); launch another browser"
        }
    }
}

/// What the browser said of a renderer process that ended.
public struct TargetCrash: Sendable, Hashable, CustomStringConvertible {
    /// The browser's word (`crashed`, `killed`, `oom`, …), or nil if it said only that the page crashed.
    public let status: String?
    /// The exit code or signal of the renderer, as the browser gave it.
    public let errorCode: Int?

    public init(status: String?, errorCode: Int?) {
        self.status = status
        self.errorCode = errorCode
    }

    public var description: String {
        let code = errorCode.map { ", code \($0)" } ?? ""
        return "the page's renderer ended (\(status ?? "no status given")\(code))"
    }
}
