extension CDPEvent {
    private struct TargetReference: Decodable { let targetId: TargetID }
    private struct SessionReference: Decodable { let sessionId: SessionID }
    private struct InfoHolder: Decodable { let targetInfo: TargetInfo }
    private struct EntryHolder: Decodable { let entry: LogEntry }
    private struct ExceptionHolder: Decodable { let exceptionDetails: JavaScriptException }

    private struct Crash: Decodable {
        let targetId: TargetID
        let status: String?
        let errorCode: Int?
    }

    private struct Attachment: Decodable {
        let sessionId: SessionID
        let targetInfo: TargetInfo
    }

    private struct Lifecycle: Decodable {
        let name: String
        let loaderId: String
    }

    private struct BindingCall: Decodable {
        let name: String
        let payload: String
    }

    /// Reads an event. One whose parameters are not as expected stays raw: a new field in a newer browser must
    /// not end the connection.
    init(method: String, parameters: RawJSON) {
        do {
            self = try Self.decode(method, parameters) ?? .other(method: method, parameters: parameters)
        } catch {
            self = .other(method: method, parameters: parameters)
        }
    }

    private static func decode(_ method: String, _ parameters: RawJSON) throws -> CDPEvent? {
        switch method {
        case "Target.targetCrashed":
            let crash = try parameters.decode(Crash.self)
            return .targetCrashed(
                crash.targetId, TargetCrash(status: crash.status, errorCode: crash.errorCode))
        case "Target.targetDestroyed":
            return .targetDestroyed(try parameters.decode(TargetReference.self).targetId)
        case "Target.targetInfoChanged":
            return .targetInfoChanged(try parameters.decode(InfoHolder.self).targetInfo)
        case "Target.attachedToTarget":
            let attachment = try parameters.decode(Attachment.self)
            return .attachedToTarget(attachment.sessionId, attachment.targetInfo)
        case "Target.detachedFromTarget":
            return .detachedFromTarget(try parameters.decode(SessionReference.self).sessionId)
        case "Inspector.targetCrashed":
            return .inspectorTargetCrashed
        case "Inspector.targetReloadedAfterCrash":
            return .inspectorTargetReloadedAfterCrash
        case "Page.loadEventFired":
            return .pageLoadEventFired
        case "Page.lifecycleEvent":
            let lifecycle = try parameters.decode(Lifecycle.self)
            return .pageLifecycle(name: lifecycle.name, loaderID: lifecycle.loaderId)
        case "Fetch.requestPaused":
            return .requestPaused(try parameters.decode(PausedRequest.self))
        case "Runtime.bindingCalled":
            let call = try parameters.decode(BindingCall.self)
            return .bindingCalled(name: call.name, payload: call.payload)
        case "Runtime.consoleAPICalled":
            return .consoleAPICalled(try parameters.decode(ConsoleCall.self))
        case "Runtime.exceptionThrown":
            return .exceptionThrown(try parameters.decode(ExceptionHolder.self).exceptionDetails)
        case "Log.entryAdded":
            return .logEntryAdded(try parameters.decode(EntryHolder.self).entry)
        default:
            return nil
        }
    }

    /// The events that the connection itself must know, subscribed to or not.
    static func concernsSessions(_ method: String) -> Bool {
        switch method {
        case "Target.targetCrashed", "Target.targetDestroyed", "Target.attachedToTarget",
            "Target.detachedFromTarget", "Inspector.targetCrashed", "Inspector.targetReloadedAfterCrash":
            true
        default:
            false
        }
    }
}
