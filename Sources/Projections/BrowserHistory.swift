import Pool

/// Every browser of a log, retired or not.
public struct BrowserHistory: Projection {
    public private(set) var browsers: [BrowserRecord] = []
    private var indices: [BrowserID: Int] = [:]
    /// Whether the present engine is simulated.
    private var isSimulated = false

    public init() {}

    public init(continuing state: PoolState) {
        isSimulated = state.browsers.entities.contains(where: \.simulated)
        for browser in state.browsers.entities {
            indices[browser.id] = browsers.count
            var record = BrowserRecord(id: browser.id, simulated: isSimulated)
            record.incarnation = browser.incarnation
            record.standing = BrowserStatus(standing: browser)
            record.isQuarantined = browser.breaker == .open
            record.isSuspected = browser.suspected
            record.isRecycling = browser.recycling != nil
            record.failures = Int(browser.failures)
            record.stops = browser.stops.count
            if browser.pid != 0, let kind = browser.kind {
                record.facts = BrowserFacts(
                    pid: browser.pid, kind: kind, simulated: browser.simulated, backends: browser.backends)
            }
            browsers.append(record)
        }
    }

    public subscript(id: BrowserID) -> BrowserRecord? { indices[id].map { browsers[$0] } }

    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .engineStarted(let started):
            isSimulated = started.simulated
            // The processes of the engine before ended with it.
            for index in browsers.indices where browsers[index].standing != .retired {
                browsers[index].standing = .failed
                browsers[index].stops = 0
                browsers[index].isSuspected = false
            }
        case .browserLaunchDecided(let decided):
            let id = decided.browser ?? BrowserID(event.sequence)
            if decided.browser == nil {
                indices[id] = browsers.count
                browsers.append(BrowserRecord(id: id, simulated: isSimulated))
            }
            update(id) {
                $0.incarnation = IncarnationID(event.sequence)
                $0.launches += 1
                $0.isRecycling = false
                $0.standing = .launching
            }
        case .browserLaunched(let launched):
            update(launched.browser) {
                $0.facts = launched.facts
                $0.standing = .ready
            }
        case .browserLaunchFailed(let failed):
            update(failed.browser) {
                $0.failures += 1
                $0.lastEvidence = failed.evidence
                $0.standing = .failed
            }
        case .browserFailed(let failed):
            update(failed.browser) {
                $0.failures += 1
                $0.lastEvidence = failed.evidence
                $0.standing = .failed
                $0.stops = 0
                $0.isSuspected = false
            }
        case .browserCloseDecided(let decided):
            update(decided.browser) {
                $0.standing = .closing
                $0.stops = 0
                $0.isSuspected = false
                // Nothing else reports a launch that came to nothing.
                guard decided.reason == .launchTimedOut else { return }
                $0.failures += 1
                $0.lastEvidence = .launchTimedOut
            }
        case .browserClosed(let closed): update(closed.browser) { $0.standing = .failed }
        case .healDecided(let decided): update(decided.browser) { $0.standing = .healing }
        case .rungEnded(let ended): update(ended.browser) { $0.standing = ended.healed ? .ready : .failed }
        case .breakerOpened(let opened): update(opened.browser) { $0.isQuarantined = true }
        case .breakerHalfOpened(let halfOpened):
            update(halfOpened.browser) { $0.isQuarantined = false }
        case .browserSuspected(let suspected): update(suspected.browser) { $0.isSuspected = true }
        case .suspicionCleared(let cleared): update(cleared.browser) { $0.isSuspected = false }
        case .browserRecycleDecided(let decided): update(decided.browser) { $0.isRecycling = true }
        case .browserRetired(let retired): update(retired.browser) { $0.standing = .retired }
        case .taskGranted(let granted):
            update(granted.browser) {
                $0.grants += 1
                $0.standing = .busy
            }
        case .allocationReleased(let released):
            update(released.browser) { $0.settle() }
        case .runStopDecided(let decided): update(decided.browser) { $0.stops += 1 }
        case .runStopped(let stopped):
            update(stopped.browser) {
                $0.stops = max(0, $0.stops - 1)
                $0.settle()
            }
        default: break
        }
    }

    private mutating func update(_ id: BrowserID, _ body: (inout BrowserRecord) -> Void) {
        guard let index = indices[id] else { return }
        body(&browsers[index])
        browsers[index].simulated = browsers[index].simulated || isSimulated
    }
}

/// Where a browser stands, in the words that people see.
public enum BrowserStatus: String, Sendable, CaseIterable {
    case launching
    case ready
    case busy
    case closing
    case failed
    case healing
    /// It would be ready or busy, and is given nothing until its quarantine is over.
    case quarantined
    /// It would be ready or busy, and is given nothing until it is heard of again.
    case suspected
    /// It would be ready or busy, and is given nothing before it is started anew.
    case recycling
    case retired

    /// Where a browser of the pool stands.
    init(of browser: BrowserState) {
        self = BrowserStatus(standing: browser).kept(
            isQuarantined: browser.breaker == .open, isSuspected: browser.suspected,
            isRecycling: browser.recycling != nil)
    }

    /// The status of a usable browser from which work is kept; any other one's is what it was.
    func kept(isQuarantined: Bool, isSuspected: Bool, isRecycling: Bool) -> BrowserStatus {
        guard self == .ready || self == .busy else { return self }
        if isQuarantined { return .quarantined }
        if isSuspected { return .suspected }
        return isRecycling ? .recycling : self
    }

    /// Where a browser stands, whether or not work is kept from it.
    init(standing browser: BrowserState) {
        switch browser.phase {
        case .launching: self = .launching
        case .ready: self = browser.lanesTaken == 0 ? .ready : .busy
        case .busy: self = .busy
        case .closing: self = .closing
        case .failed: self = .failed
        case .healing: self = .healing
        }
    }
}

/// What became of one browser.
public struct BrowserRecord: Equatable, Sendable {
    public let id: BrowserID
    /// Whether anything that happened to it was simulated.
    public internal(set) var simulated: Bool
    public internal(set) var incarnation = IncarnationID(0)
    public var status: BrowserStatus {
        standing.kept(isQuarantined: isQuarantined, isSuspected: isSuspected, isRecycling: isRecycling)
    }
    /// What the present or last incarnation said of itself, once it was usable.
    public internal(set) var facts: BrowserFacts?
    public internal(set) var launches = 0
    public internal(set) var failures = 0
    public internal(set) var grants = 0
    /// What was seen when it last failed.
    public internal(set) var lastEvidence: Evidence?

    /// Where it stands, whether or not work is kept from it.
    var standing = BrowserStatus.launching
    var isQuarantined = false
    var isSuspected = false
    var isRecycling = false
    /// Runs that have yet to stop; each keeps its lane taken.
    var stops = 0

    init(id: BrowserID, simulated: Bool) {
        self.id = id
        self.simulated = simulated
    }

    /// A lane became free.
    mutating func settle() {
        if standing == .busy, stops == 0 { standing = .ready }
    }
}
