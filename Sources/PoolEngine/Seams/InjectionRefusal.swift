import Pool

/// Why a fault is not injected.
public enum InjectionRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// The executor cannot do this to a browser.
    case unsupported(InjectedFault)
    /// The browser has nothing that it could be done to now: it has ended, or its page or process is not there.
    case noTarget(InjectedFault, BrowserID, detail: String)

    public var description: String {
        switch self {
        case .unsupported(let fault): "this executor cannot inject \(fault.name)"
        case .noTarget(let fault, let browser, let detail):
            "\(fault.name) cannot be done to browser \(browser) now: \(detail)"
        }
    }
}
