/// Why a browser did not come up, with what was seen.
public struct BrowserLaunchError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// The private profile folder could not be made.
        case profileFolder(String)
        /// Pipes, fork or exec were refused by the system.
        case notStarted(step: String, errno: Int32)
        /// It was started and its connection ended before it answered.
        case died(BrowserDeath)
        /// It was started and did not answer in time; it was killed.
        case deadlineExceeded(Duration)
        /// It answered with something that no browser answers; it was killed.
        case refused(CDPError)
        /// The launching task was cancelled; the browser was killed.
        case cancelled
    }

    public let path: String
    public let reason: Reason
    /// How the process ended, when that is known and it was not us.
    public let exit: ProcessExit?
    /// The last lines of its standard error.
    public let stderr: [String]

    package init(path: String, reason: Reason, exit: ProcessExit?, stderr: [String]) {
        self.path = path
        self.reason = reason
        self.exit = exit
        self.stderr = stderr
    }

    public var description: String {
        let what =
            switch reason {
            case .profileFolder(let why):
                "its profile folder could not be made (\(why)); check the parent folder's rights and space"
            case .notStarted(let step, let errno):
                "\(step) failed with errno \(errno); check that it is a program for this machine"
            case .died(let death):
                "\(death) before it answered; its own words follow, if it had any"
            case .deadlineExceeded(let limit):
                "it did not answer within \(limit); is it a browser that knows remote debugging?"
            case .refused(let error):
                "\(error)"
            case .cancelled:
                "the launching task was cancelled"
            }
        return (["\(path) did not start: \(what)"] + stderr.map { "  \($0)" }).joined(separator: "\n")
    }
}
