import ChromePipe
import Foundation

/// A page of Firefox on a virtual https origin that no server stands behind.
public final class FirefoxPage: Sendable {
    /// The browsing context.
    public let target: TargetID
    /// The origin with its trailing slash.
    public let origin: String
    private let connection: BiDiConnection
    private let closed: @Sendable () -> Void
    private var context: String { target.rawValue }

    /// - Parameter closed: Called when the page is closed or let go of.
    init(
        connection: BiDiConnection, context: String, origin: String, closed: @escaping @Sendable () -> Void
    ) {
        self.connection = connection
        target = TargetID(rawValue: context)
        self.origin = origin
        self.closed = closed
    }

    deinit { closed() }

    /// Navigates to the origin and waits until it has loaded. Revives a page whose process has ended.
    public func navigateAgain(deadline: Duration = .seconds(20)) async throws(PageError) {
        do {
            _ = try await connection.call(
                BiDi.BrowsingContext.Navigate(context: context, url: origin), page: context,
                deadline: deadline)
        } catch .refused(_, _, let message) {
            throw .navigationFailed(url: origin, reason: message)
        } catch .deadlineExceeded {
            throw .loadDeadlineExceeded(url: origin, after: deadline)
        } catch .connectionDied(_, let death) {
            throw .lostWhileLoading(url: origin, reason: "\(death)")
        } catch {
            throw .call(error)
        }
    }

    /// Evaluates an expression in the page.
    ///
    /// - Parameters:
    ///   - awaitPromise: Wait for the promise that the expression gives.
    ///   - deadline: How long to wait; the script itself runs on after it.
    /// - Returns: The value's JSON if it is a string, a number or a Boolean; `null` for everything else, of which the
    ///   protocol gives no JSON: have the script make a string of it.
    public func evaluate(
        _ expression: String, awaitPromise: Bool = true, deadline: Duration
    ) async throws(PageError) -> RawJSON {
        let answer: RawJSON
        do {
            answer = try await connection.evaluate(
                expression, in: context, awaitPromise: awaitPromise, deadline: deadline)
        } catch {
            throw .call(error)
        }
        if let exception = answer.member("exceptionDetails") {
            throw .javaScript(Self.exception(exception))
        }
        guard let result = answer.member("result"), let type = result.member("type")?.description else {
            throw .call(.undecodable(method: BiDi.Script.Evaluate.name, reason: "no result in the answer"))
        }
        let value = result.member("value") ?? RawJSON("null")
        switch type {
        case #""string""#, #""boolean""#: return value
        // `NaN`, infinities, -0 and big integers come as strings.
        case #""number""#, #""bigint""#:
            if let text = try? value.decode(String.self) { throw .unserializable(text) }
            return value
        default: return RawJSON("null")
        }
    }

    private struct ExceptionDetails: Decodable {
        let text: String
        let lineNumber, columnNumber: Int
    }

    private static func exception(_ details: RawJSON) -> JavaScriptException {
        let known = try? details.decode(ExceptionDetails.self)
        return JavaScriptException(
            text: known?.text ?? details.description, lineNumber: known?.lineNumber ?? 0,
            columnNumber: known?.columnNumber ?? 0)
    }

    /// Closes the page. Calls to it that wait end with `targetDestroyed`.
    public func close(deadline: Duration = .seconds(5)) async throws(PageError) {
        closed()
        do {
            _ = try await connection.call(BiDi.BrowsingContext.Close(context: context), deadline: deadline)
        } catch {
            throw .call(error)
        }
    }
}
