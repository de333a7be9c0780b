import Foundation

/// Answers the held requests of one page from a closure.
struct RequestAnswerer: Sendable {
    /// An answer that the browser has not taken by then is given up; its page hangs or is gone.
    private static let answerDeadline: Duration = .seconds(30)
    private static let backlogPause: Duration = .milliseconds(20)

    let origin: String
    let session: SessionID
    let serve: PageSession.Server

    func answer(_ paused: PausedRequest, on connection: CDPConnection) async {
        let id = paused.requestId
        if let resource = resource(for: paused.request) {
            await send(resource.fulfilment(of: id), for: id, on: connection)
        } else if ["blob:", "data:"].contains(where: paused.request.url.hasPrefix) {
            // The page's own memory: no server is asked.
            await send(CDP.Fetch.ContinueRequest(requestId: id), for: id, on: connection)
        } else {
            await send(Self.refusal(of: id), for: id, on: connection)
        }
    }

    /// Sends an answer, later if the browser has too much to read, so that no request is left without one. A page
    /// that is gone is told elsewhere, by the ends of its calls and its events.
    private func send(_ answer: some CDPMethod, for request: String, on connection: CDPConnection) async {
        let end = ContinuousClock.now + Self.answerDeadline
        while ContinuousClock.now < end {
            do {
                _ = try await connection.call(answer, session: session, deadline: end - ContinuousClock.now)
                return
            } catch .backlogFull {
                try? await Task.sleep(for: Self.backlogPause)
            } catch .messageTooLarge {
                _ = try? await connection.call(
                    Self.refusal(of: request), session: session, deadline: Self.answerDeadline)
                return
            } catch {
                return
            }
        }
    }

    private static func refusal(of request: String) -> CDP.Fetch.FailRequest {
        CDP.Fetch.FailRequest(requestId: request, errorReason: "AddressUnreachable")
    }

    /// Nil for another origin: nothing of a page goes to the network.
    private func resource(for request: PausedRequest.Request) -> ServedResource? {
        guard let asked = RequestedResource(url: request.url, method: request.method, origin: origin) else {
            return nil
        }
        return serve(asked) ?? .notFound
    }
}
