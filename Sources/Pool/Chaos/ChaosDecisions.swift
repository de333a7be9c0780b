extension Decider {
    /// A fault is to be injected. Nothing is decided on it: the pool learns of a fault by what is seen of it.
    mutating func faultInjected(_ injected: FaultInjected) -> StepOutcome? {
        guard let browser = state.browsers.find(injected.browser),
            browser.incarnation == injected.incarnation,
            browser.isUp
        else { return .rejected(.notUp(injected.browser)) }
        emit(injected, cause: 0)
        return nil
    }
}

extension BrowserState {
    /// Whether its present process has become usable and is not known to have ended, so that something can be done to it.
    public var isUp: Bool { isUsable || phase == .healing }
}
