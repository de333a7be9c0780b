/// A prior for placement: which browser a model family is given when nothing else decides.
public struct BrowserPreference: WireMessage, DefaultInitializable {
    /// The family.
    public var family: ModelFamily
    /// The browser preferred for it.
    public var browser: BrowserKind

    public init(family: ModelFamily = .textEmbedding, browser: BrowserKind = .headlessShell) {
        self.family = family
        self.browser = browser
    }

    public init() {
        self.init(family: .textEmbedding)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "family", &family)
        visitor.choice(2, "browser", &browser)
    }
}
