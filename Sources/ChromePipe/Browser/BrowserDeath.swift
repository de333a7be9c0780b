/// How a process ended.
public enum ProcessExit: Sendable, Hashable, CustomStringConvertible {
    /// It exited with a status.
    case status(Int32)
    /// A signal ended it.
    case signal(Int32)

    public var description: String {
        switch self {
        case .status(let status): "exited with status \(status)"
        case .signal(let signal): "was ended by signal \(signal)"
        }
    }
}

/// Why a browser's connection ended: one cause, the same for every call that it ended (EXEC-1).
public enum BrowserDeath: Sendable, Hashable, CustomStringConvertible {
    /// The browser process ended. `pipeClosed` tells whether the end of the pipe was seen as well.
    case exited(ProcessExit, pipeClosed: Bool)
    /// The system ends the browser process: threads of it are gone, and it will have ended in some milliseconds.
    case ending(ProcessExit)
    /// The pipe ended, and the process was not seen to end within half a second; it is then killed.
    case pipeClosed
    /// The browser read nothing of `pendingBytes` for so long; it is then killed.
    case stalledWrite(pendingBytes: Int, after: Duration)
    /// A message from the browser passed the limit; the browser is then killed.
    case messageTooLarge(bytes: Int, limit: Int)
    /// The browser sent what is no message of the protocol; it is then killed.
    case protocolViolation(String)
    /// `close()` or `kill()` was called, or the browser was let go of.
    case closedByUs

    /// How the process ended or is being ended, where that is the cause.
    public var exit: ProcessExit? {
        switch self {
        case .exited(let exit, _), .ending(let exit): exit
        case .pipeClosed, .stalledWrite, .messageTooLarge, .protocolViolation, .closedByUs: nil
        }
    }

    public var description: String {
        switch self {
        case .exited(let exit, let pipeClosed):
            "the browser \(exit)\(pipeClosed ? "" : " (its pipe was still open)")"
        case .ending(let exit):
            "the browser \(exit)"
        case .pipeClosed:
            "the browser closed its pipe without ending"
        case .stalledWrite(let pendingBytes, let after):
            "the browser read none of \(pendingBytes) waiting bytes for \(after)"
        case .messageTooLarge(let bytes, let limit):
            "the browser sent a message of at least \(bytes) bytes, over the limit of \(limit)"
        case .protocolViolation(let reason):
            "the browser broke the protocol: \(reason)"
        case .closedByUs:
            "the browser was closed by this program"
        }
    }
}
