import ChromePipe

/// Something that the browser told without being asked, or that was seen of its processes.
enum BiDiEvent: Sendable {
    /// `network.beforeRequestSent` of a request that waits for its answer.
    case requestHeld(HeldRequest)
    /// `browsingContext.load`.
    case pageLoaded(String)
    /// `browsingContext.contextDestroyed`.
    case pageDestroyed(String)
    /// Not of the protocol: the page's process has ended, which Firefox tells nobody.
    case pageCrashed(String)
    /// Not of the protocol: the connection ended; nothing follows.
    case died(BrowserDeath)

    /// The events that are subscribed to.
    static let names = [
        "network.beforeRequestSent", "browsingContext.load", "browsingContext.contextDestroyed",
    ]

    /// Nil for an event that nobody wants, or whose parameters have another shape than expected.
    init?(_ name: String, _ parameters: RawJSON) {
        switch name {
        case "network.beforeRequestSent":
            guard let request = try? parameters.decode(HeldRequest.self), request.isBlocked else {
                return nil
            }
            self = .requestHeld(request)
        case "browsingContext.load":
            guard let page = try? parameters.decode(PageReference.self) else { return nil }
            self = .pageLoaded(page.context)
        case "browsingContext.contextDestroyed":
            guard let page = try? parameters.decode(PageReference.self) else { return nil }
            self = .pageDestroyed(page.context)
        default: return nil
        }
    }

    private struct PageReference: Decodable { let context: String }
}

/// A request that the browser holds until it is told what to do with it.
struct HeldRequest: Decodable, Sendable {
    struct Request: Decodable, Sendable {
        let request, url, method: String
    }

    let isBlocked: Bool
    /// The page; nil for the browser's own.
    let context: String?
    let request: Request
}
