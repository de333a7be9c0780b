import Pool
import PoolEngine

/// What simulated browsers do with what is asked of them: how it ends, and how long it takes.
///
/// `FaultSource` has what strikes by chance or by order; a behaviour that knows otherwise need not ask it.
protocol BrowserBehaviour: Sendable {
    /// What was taken from a record, if anything is.
    var replayed: ReplayCounts? { get }

    /// An engine begins, the n-th from 0; what the one before knew is gone.
    mutating func engineBegan(_ number: Int)
    /// A planned task is known to the pool by an id; by another one if the step that submitted it was lost.
    mutating func submitted(_ task: TaskID, planned: Int)

    /// A task that the pool knows is to run in one more copy.
    mutating func copied(_ copy: TaskID, of task: TaskID)

    mutating func launch(_ launch: Effect.Launch, faults: inout FaultSource, at now: EventTime) -> Course
    /// What a browser reports that has become usable.
    mutating func launched(_ launch: Effect.Launch, faults: inout FaultSource, at now: EventTime) -> Launched
    mutating func close(_ close: Effect.Close, faults: inout FaultSource, at now: EventTime) -> Course
    mutating func stop(_ stop: Effect.Stop, faults: inout FaultSource, at now: EventTime) -> Course
    mutating func prepare(_ prepare: Effect.Prepare, faults: inout FaultSource, at now: EventTime) -> Course
    mutating func heal(_ heal: Effect.Heal, faults: inout FaultSource, at now: EventTime) -> Course
    /// How outputs are compared; no browser takes part in it.
    mutating func compare(_ compare: Effect.Compare, faults: inout FaultSource, at now: EventTime) -> Course
    /// Time to the next sign of life, in nanoseconds, of a browser that owes one every so many milliseconds.
    mutating func heartbeatAfterNs(everyMs: UInt64) -> UInt64
    /// What a browser in good health says when it is asked for a sign of life; nil when it falls silent.
    mutating func heartbeat(faults: inout FaultSource, at now: EventTime) -> HeartbeatSigns?

    /// How a run begins.
    mutating func start(of run: Effect.Run, isCold: Bool) -> RunStart
    /// How far the outputs of a run are off in a browser that is right.
    func offBy(of run: Effect.Run) -> UInt64
    /// What strikes a run instead of what it would report now, or else what it does next.
    ///
    /// - Parameter item: The item that it goes on with once it has reported; nil when that completes it.
    mutating func turn(
        of run: Effect.Run, before item: UInt64?, faults: inout FaultSource, at now: EventTime
    ) -> RunTurn
}

/// How something ends that was asked of a browser.
struct Course: Equatable, Sendable {
    /// What goes wrong with it.
    var fault: Fault?
    /// When it ends, in nanoseconds from now; nil when it never does.
    var afterNs: UInt64?

    init(fault: Fault? = nil, afterNs: UInt64?) {
        self.fault = fault
        self.afterNs = afterNs
    }

    init(fault: Fault? = nil, afterMs: UInt64) { self.init(fault: fault, afterNs: afterMs * 1_000_000) }
}

/// What a browser is once it is usable.
struct Launched: Sendable {
    /// What it says of itself; nil when that is the host's to say. Its pid is the host's in any case.
    var facts: BrowserFacts?
    /// Time from spawn to usable that it reports, in milliseconds.
    var launchMs: Double
    /// How it fails by itself, and when, in nanoseconds from now.
    var laterFault: (fault: Fault, afterNs: UInt64)?
}

/// How a run begins.
struct RunStart: Equatable, Sendable {
    /// Time until the run has its model in the page, in nanoseconds.
    var afterNs: UInt64
    /// Time to bring the model into the page that it reports, in milliseconds.
    var loadMs: Double
    /// Time to compile shaders that it reports, in milliseconds.
    var compileMs: Double
}

/// What becomes of a run when it would report.
enum RunTurn: Equatable, Sendable {
    case struck(RunFault)
    /// It reports, with the time that the items it reports took in the page, in milliseconds, and goes on.
    case reports(runMs: Double, next: RunStep)
}

/// What a run does between two of its reports.
struct RunStep: Equatable, Sendable {
    /// Items that it runs; 0 behind its last item.
    var items: UInt64
    /// Time that it takes, in nanoseconds.
    var afterNs: UInt64
}

/// What strikes a run.
enum RunFault: Equatable, Sendable {
    /// It reports nothing more.
    case hangs
    /// It ends early while its browser stays usable.
    case fails(RunFailure, refusal: BackendRefusal?, detail: String)
    /// Its browser fails.
    case browserFails(Fault)
    /// Its browser says nothing any more, and nothing in it goes on.
    case browserFallsSilent
}
