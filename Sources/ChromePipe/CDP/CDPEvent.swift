/// Something that a browser told without being asked.
///
/// A page's own events carry its session; what concerns the browser as a whole has none.
public enum CDPEvent: Sendable {
    /// `Target.targetCrashed`: a renderer process is gone. Comes at the browser, after `inspectorTargetCrashed`.
    case targetCrashed(TargetID, TargetCrash)
    /// `Target.targetDestroyed`.
    case targetDestroyed(TargetID)
    /// `Target.targetInfoChanged`.
    case targetInfoChanged(TargetInfo)
    /// `Target.attachedToTarget`.
    case attachedToTarget(SessionID, TargetInfo)
    /// `Target.detachedFromTarget`.
    case detachedFromTarget(SessionID)
    /// `Inspector.targetCrashed`: this page's renderer is gone.
    case inspectorTargetCrashed
    /// `Inspector.targetReloadedAfterCrash`: a navigation gave this page a new renderer.
    case inspectorTargetReloadedAfterCrash
    /// `Page.loadEventFired`.
    case pageLoadEventFired
    /// `Page.lifecycleEvent`, such as `load`, of the document that `loaderID` names.
    case pageLifecycle(name: String, loaderID: String)
    /// `Fetch.requestPaused`: the request waits until it is fulfilled, failed or continued.
    case requestPaused(PausedRequest)
    /// `Runtime.bindingCalled`: the page called a function of `Runtime.addBinding`.
    case bindingCalled(name: String, payload: String)
    /// `Runtime.consoleAPICalled`.
    case consoleAPICalled(ConsoleCall)
    /// `Runtime.exceptionThrown`: an exception that nothing in the page caught.
    case exceptionThrown(JavaScriptException)
    /// `Log.entryAdded`.
    case logEntryAdded(LogEntry)
    /// Any other event, or one whose parameters have another shape than expected.
    case other(method: String, parameters: RawJSON)

    /// Not of the protocol: a watched process ended. Linux tells the exit only of one's own children, so `exit`
    /// is nil for every process but the browser itself.
    case processExited(BrowserProcessKind, pid: Int32, exit: ProcessExit?)
    /// Not of the protocol: the connection ended; nothing follows.
    case died(BrowserDeath)
}

/// An event and the session it came from; nil for the browser itself.
public struct SessionEvent: Sendable {
    public let session: SessionID?
    public let event: CDPEvent
}
