import Pool

/// What is known of one task from outside: what it asked, how long its items took, and what struck it.
public struct RecordedTask: Equatable, Sendable {
    /// Items that were reported together.
    struct Batch: Equatable, Sendable {
        var items: Range<UInt64>
        var backend: Backend
        /// Time since the report before.
        var durationNs: UInt64
        /// Time that the items took in the page, in milliseconds.
        var runMs: Double
    }

    /// How a run began.
    struct Start: Equatable, Sendable {
        var isCold: Bool
        var backend: Backend
        var start: RunStart
    }

    /// What was asked. Inputs that were stored apart are left out: nothing reads them again.
    public let spec: TaskSpec
    /// Whether it came to one of the four ends.
    public internal(set) var hasEnded = false
    /// In the order of their items.
    var batches: [Batch] = []
    /// In the order of the runs.
    var starts: [Start] = []
    /// Time from the last item's report to that of the whole run; nil without one.
    var completionNs: UInt64?
    /// In the order in which they struck.
    var faults: [RecordedFault] = []

    init(spec: TaskSpec) {
        var spec = spec
        if spec.inputs.digest != nil { spec.inputs = Payload(inline: Array("[]".utf8), sizeBytes: 2) }
        self.spec = spec
    }

    /// The part of a recorded batch from an item on, its time in proportion; nil when the item was never reported on
    /// that backend.
    func batch(from item: UInt64, on backend: Backend) -> Batch? {
        var (low, high) = (0, batches.count)
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].items.upperBound <= item { low = middle + 1 } else { high = middle }
        }
        guard low < batches.count, batches[low].items.contains(item), batches[low].backend == backend else {
            return nil
        }
        return batches[low].suffix(from: item)
    }
}

extension RecordedTask.Batch {
    /// What is left of it from one of its items on.
    func suffix(from item: UInt64) -> Self { scaled(to: items.upperBound - item, from: item) }

    /// So many items from another one on, at the same speed.
    func scaled(to count: UInt64, from item: UInt64) -> Self {
        let all = UInt64(items.count)
        guard count != all else {
            return Self(items: item..<item + count, backend: backend, durationNs: durationNs, runMs: runMs)
        }
        let (high, low) = durationNs.multipliedFullWidth(by: count)
        let (scaled, _) = all.dividingFullWidth((high % all, low))
        return Self(
            items: item..<item + count, backend: backend, durationNs: scaled,
            runMs: runMs * Double(count) / Double(all))
    }
}

/// What struck a run of a task, and where.
struct RecordedFault: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// Nothing of its own: it ended with its engine, its task, or a browser that another run is struck on. What it
        /// was about took longer than it was given.
        case cutShort
        case browserFails(Evidence, processEnded: Bool)
        case browserFallsSilent
        case runFails(RunFailure, refusal: BackendRefusal?, detail: String)
        case runHangs

        /// The kind of fault, for counting; nil for what is none.
        var name: String? {
            switch self {
            case .cutShort: nil
            case .browserFails(let evidence, let ended):
                Fault.browserFails(evidence, processEnded: ended).name
            case .browserFallsSilent: Fault.browserFallsSilent.name
            case .runFails(let failure, _, _): Fault.runFails(failure).name
            case .runHangs: Fault.runHangs.name
            }
        }
    }

    var kind: Kind
    /// The item that was next.
    var item: UInt64
    /// Whether the run had its model in the page.
    var hadStarted: Bool
    /// Time since the run's last report, or since it was assigned.
    var afterNs: UInt64
    var backend: Backend

    /// Whether it strikes a run that is at an item; one that was passed by strikes at the next chance.
    func strikes(at position: UInt64, hasStarted: Bool) -> Bool {
        if hasStarted { return hadStarted ? item <= position : item < position }
        return !hadStarted && item <= position
    }

    /// Whether it is a refusal that a backend has no part in.
    func isRefusal(byOtherThan running: Backend) -> Bool {
        if case .runFails(_, _?, _) = kind { return backend != running }
        return false
    }
}
