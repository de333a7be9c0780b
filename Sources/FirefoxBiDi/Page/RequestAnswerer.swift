import ChromePipe

/// Answers one held request: a page's from its closure; nothing goes to the network.
struct RequestAnswerer: Sendable {
    /// An answer that the browser has not taken by then is given up; its page hangs or is gone.
    private static let answerDeadline: Duration = .seconds(30)
    private static let backlogPause: Duration = .milliseconds(20)

    let request: HeldRequest
    /// The page that asks; nil when it is none of ours.
    let page: OpenPages.Page?

    func answer(on connection: BiDiConnection) async {
        let id = request.request.request
        if ["blob:", "data:"].contains(where: request.request.url.hasPrefix) {
            // The page's own memory: no server is asked.
            await send(BiDi.Network.ContinueRequest(request: id), on: connection)
        } else if let page,
            let served = RequestedResource(
                url: request.request.url, method: request.request.method, origin: page.origin)
        {
            await send(Self.response(to: id, page.serve(served) ?? .notFound), on: connection)
        } else {
            await send(BiDi.Network.FailRequest(request: id), on: connection)
        }
    }

    /// Sends an answer, later if the browser has too much to read. A page that is gone is told elsewhere.
    private func send(_ answer: some BiDiMethod, on connection: BiDiConnection) async {
        let end = ContinuousClock.now + Self.answerDeadline
        while ContinuousClock.now < end {
            do {
                _ = try await connection.call(answer, deadline: end - .now)
                return
            } catch .backlogFull {
                try? await Task.sleep(for: Self.backlogPause)
            } catch .messageTooLarge {
                _ = try? await connection.call(
                    BiDi.Network.FailRequest(request: request.request.request), deadline: Self.answerDeadline)
                return
            } catch {
                return
            }
        }
    }

    private static func response(
        to request: String, _ resource: ServedResource
    ) -> BiDi.Network.ProvideResponse {
        BiDi.Network.ProvideResponse(
            request: request, statusCode: resource.status,
            headers: resource.headers.map { .init(name: $0.name, value: .init(value: $0.value)) },
            body: resource.body)
    }
}
