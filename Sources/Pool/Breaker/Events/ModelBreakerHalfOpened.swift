/// A model is tried again on a kind of browser that it was kept from: one run at a time until one completes.
public struct ModelBreakerHalfOpened: EventMessage {
    public static let number = 93
    public static let name: StaticString = "model_breaker_half_opened"

    /// The model.
    public var modelDigest: Digest
    /// The browser's product.
    public var browser: BrowserKind

    public init(modelDigest: Digest = .zero, browser: BrowserKind = .headlessShell) {
        self.modelDigest = modelDigest
        self.browser = browser
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.digest(1, "model_digest", &modelDigest)
        visitor.choice(2, "browser", &browser)
    }

    public var payload: EventPayload { .modelBreakerHalfOpened(self) }
}
