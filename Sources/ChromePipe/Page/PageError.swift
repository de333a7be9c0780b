/// Why something asked of a page failed.
public enum PageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The JavaScript threw, or its promise was rejected.
    case javaScript(JavaScriptException)
    /// The value was a number that JSON cannot write (`NaN`, `Infinity`, a big integer); never passed as another.
    case unserializable(String)
    /// The call ended without an answer.
    case call(CDPError)
    /// The browser could not navigate to the address.
    case navigationFailed(url: String, reason: String)
    /// The document did not finish loading in time.
    case loadDeadlineExceeded(url: String, after: Duration)
    /// The page crashed, was closed, or its browser died while it loaded.
    case lostWhileLoading(url: String, reason: String)
    /// The origin is no `https://host/`.
    case invalidOrigin(String)

    public var description: String {
        switch self {
        case .javaScript(let exception):
            "JavaScript threw: \(exception)"
        case .unserializable(let value):
            "the value \(value) cannot be written as JSON; have the script return it as a string"
        case .call(let error):
            "\(error)"
        case .navigationFailed(let url, let reason):
            "navigating to \(url) failed: \(reason)"
        case .loadDeadlineExceeded(let url, let after):
            "\(url) was not loaded within \(after); a resource of it may not have been served"
        case .lostWhileLoading(let url, let reason):
            "the page was lost while it loaded \(url): \(reason)"
        case .invalidOrigin(let origin):
            "'\(origin)' is no origin such as https://weir.invalid/"
        }
    }
}
