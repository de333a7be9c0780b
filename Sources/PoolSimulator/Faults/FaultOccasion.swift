/// Something that happens and that a fault may strike.
enum FaultOccasion: Int, CaseIterable, Sendable {
    case launch
    case run
    case close
    case stop
    case prepare
    case rung
    case heartbeat
    case comparison
    case report
    case step
}

extension Fault {
    /// What it strikes, or by chance comes of.
    var occasion: FaultOccasion {
        switch self {
        case .launchFails, .launchHangs, .launchWithoutAdapter, .browserSlow, .browserAils, .browserWrong:
            .launch
        case .browserFails, .runFails, .runHangs: .run
        case .closeHangs: .close
        case .stopHangs: .stop
        case .prepareFails, .prepareHangs: .prepare
        case .rungFails, .rungHangs, .browserDiesHealing: .rung
        case .browserFallsSilent: .heartbeat
        case .comparisonFails, .comparisonHangs: .comparison
        case .reportLost, .reportLate, .reportRepeated: .report
        case .browsersFail, .engineCrashes, .appendFails, .engineStops, .engineStalls, .burst: .step
        }
    }
}
