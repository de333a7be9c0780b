import Pool

/// The story of one task or browser: what was recorded about it, in order, one entry per event. Repeated progress, and
/// repeated samples, are one entry as long as nothing else is recorded about it.
public struct Story: Equatable, Sendable {
    public let key: EntityKey
    public private(set) var entries: [StoryEntry] = []
    /// How it ended, by the words that people see; nil while it has not.
    public private(set) var ending: String?

    /// - Parameter key: A task or a browser.
    public init(of key: EntityKey) { self.key = key }

    /// Takes the next event about it.
    ///
    /// - Parameter subjects: What the event is about.
    public mutating func take(_ event: Event, about subjects: EventSubjects) {
        end(with: event.payload)
        let entry = StoryEntry(event, about: subjects)
        for index in entries.indices.reversed() {
            guard entry.mayRepeat, entries[index].mayRepeat else { break }
            if entries[index].take(entry) { return }
        }
        entries.append(entry)
    }

    private mutating func end(with payload: EventPayload) {
        let status: TaskStatus
        switch (key.kind, payload) {
        case (.task, .taskSucceeded): status = .succeeded
        case (.task, .taskFailed): status = .failed
        case (.task, .taskCancelled): status = .cancelled
        case (.task, .taskTimedOut): status = .timedOut
        case (.browser, .browserRetired):
            ending = BrowserStatus.retired.rawValue
            return
        default: return
        }
        ending = status.rawValue
    }
}

/// One entry of a story: an event, or several that say the same of what goes on.
public struct StoryEntry: Equatable, Sendable {
    /// What is repeated.
    private enum Repeated: Equatable {
        case progress(run: ObligationID, first: UInt64, count: UInt64)
        case samples(items: UInt64)
    }

    /// The first event of the entry, and the last one's sequence number and time.
    public let event: Event
    public private(set) var last: UInt64
    public private(set) var until: EventTime
    /// How many events it stands for.
    public private(set) var count: UInt64 = 1
    private let subjects: EventSubjects
    private var repeated: Repeated?

    init(_ event: Event, about subjects: EventSubjects) {
        self.event = event
        self.subjects = subjects
        last = event.sequence
        until = event.at
        switch event.payload {
        case .runProgressed(let progressed):
            repeated = .progress(
                run: progressed.obligation, first: progressed.firstItem, count: progressed.itemCount)
        case .metricsSampled(let sampled): repeated = .samples(items: sampled.items)
        default: break
        }
    }

    var mayRepeat: Bool { repeated != nil }

    /// Takes a later entry in, if it says more of the same, and says whether it did.
    mutating func take(_ later: StoryEntry) -> Bool {
        switch (repeated, later.repeated) {
        case (.progress(let run, let first, let count), .progress(let other, let next, let more)):
            guard other == run, next == first &+ count else { return false }
            repeated = .progress(run: run, first: first, count: count &+ more)
        case (.samples(let items), .samples(let more)): repeated = .samples(items: items &+ more)
        default: return false
        }
        last = later.last
        until = later.until
        count += later.count
        return true
    }

    /// The entry in one plain sentence.
    public var sentence: String {
        guard count > 1, let repeated else { return event.sentence(about: subjects) }
        switch repeated {
        case .progress(_, let first, let items):
            let task = Told(sequence: event.sequence, at: event.at, subjects: subjects).task
            return "\(Wording.items(from: first, count: items)) of \(task) had results, in \(count) parts "
                + "over \(Wording.duration(from: event.at, to: until))"
        case .samples(let items):
            return "its use was sampled \(count) times in \(Wording.duration(from: event.at, to: until)): "
                + Wording.count(items, "item")
        }
    }
}

extension PoolState {
    /// Where a task or a browser of the pool stands, in one plain sentence; nil when it is not there.
    public func sentence(about key: EntityKey) -> String? {
        switch key.kind {
        case .task:
            guard let task = tasks.find(TaskID(key.id)) else { return nil }
            let place = allocations.find(task.allocation).map { " on browser \($0.browser)" } ?? ""
            return "task \(task.id) is \(Wording.words(TaskStatus(of: task).rawValue))\(place), with "
                + "\(task.itemsDone) of \(Wording.count(task.spec.itemsTotal, "item")) done"
        case .browser:
            guard let browser = browsers.find(BrowserID(key.id)) else { return nil }
            let tasks = browser.allocations.compactMap { allocations.find($0)?.task }
            let runs = tasks.isEmpty ? "" : ", with task \(tasks.map(\.description).joined(separator: ", "))"
            return "browser \(browser.id) is \(BrowserStatus(of: browser).rawValue)\(runs)"
        case .pool, .allocation, .recovery, .obligation: return nil
        }
    }
}
