/// Where a browser stands.
public enum BrowserPhase: UInt32, WireEnum {
    /// Its process is being started.
    case launching = 1
    /// It has a free lane.
    case ready = 2
    /// All its lanes are taken.
    case busy = 3
    /// Its process is being ended.
    case closing = 4
    /// Its process has ended and it may be started anew.
    case failed = 5
    /// It failed, and a rung is taken that may make it usable again.
    case healing = 6

    public var name: StaticString {
        switch self {
        case .launching: "launching"
        case .ready: "ready"
        case .busy: "busy"
        case .closing: "closing"
        case .failed: "failed"
        case .healing: "healing"
        }
    }
}

extension BrowserPhase {
    /// True while work can run on a browser that stands there.
    var isUsable: Bool { self == .ready || self == .busy }

    /// Whether a browser that stands there is about to be usable.
    ///
    /// - Parameter relaunch: whether it is started anew once it is closed.
    func isComing(relaunch: Bool) -> Bool {
        self == .launching || self == .healing || (self == .closing && relaunch)
    }
}
