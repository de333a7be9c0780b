/// Tasks that wait for a lane, in the order in which they are granted (see ``TaskRank``).
///
/// They stand apart by their needs: tasks with the same needs have the same candidates, so that many that no browser can
/// take cost no more than one. Nothing of a task is looked up to find its place.
public struct TaskQueue: Sendable {
    private struct Group {
        var needs: TaskNeeds
        var ranks = SortedBlocks<TaskRank>()
    }

    /// Groups that are empty stay while they are few, for the next ones.
    private static let groupsKept = 4

    /// In the order in which they came up; nothing may depend on it.
    private var groups: [Group] = []
    /// What was read, until it is known which tasks these are.
    private var unsorted: [TaskID] = []
    /// How many tasks wait.
    public private(set) var count = 0

    init() {}

    /// A queue that has been read: it can be written and compared, and must be sorted before it is used.
    init(unsorted: some Sequence<TaskID>) {
        self.unsorted = Array(unsorted)
        count = self.unsorted.count
    }

    /// The queue of these tasks.
    init(sorting tasks: some Sequence<TaskState>, agingMs: UInt64) {
        for task in tasks { insert(TaskRank(of: task, agingMs: agingMs), TaskNeeds(of: task)) }
    }

    /// Whether no task waits.
    public var isEmpty: Bool { count == 0 }

    func contains(_ rank: TaskRank) -> Bool { group { $0.pointee.ranks.contains(rank) } != nil }

    /// The first group that is such, sought without a copy of any.
    @inline(__always)
    private func group(where isSought: (UnsafePointer<Group>) -> Bool) -> Int? {
        groups.withUnsafeBufferPointer { groups in
            guard let start = groups.baseAddress else { return nil }
            return groups.indices.first { isSought(start + $0) }
        }
    }

    /// Inserts a task that must not be there.
    mutating func insert(_ rank: TaskRank, _ needs: TaskNeeds) {
        let group: Int
        if let found = self.group(where: { $0.pointee.needs == needs }) {
            group = found
        } else if let empty = self.group(where: { $0.pointee.ranks.isEmpty }) {
            group = empty
            groups[group].needs = needs
        } else {
            group = groups.count
            groups.append(Group(needs: needs))
        }
        let isNew = groups[group].ranks.insert(rank)
        precondition(isNew, "task \(rank.task) is queued twice")
        count += 1
    }

    /// Removes a task; nothing happens when it is not there.
    mutating func remove(_ rank: TaskRank) {
        guard let group = groups.indices.first(where: { groups[$0].ranks.remove(rank) }) else { return }
        count -= 1
        if groups[group].ranks.isEmpty, groups.count > Self.groupsKept { groups.remove(at: group) }
    }

    /// The first task whose needs are none of these.
    func first(besides passedOver: [TaskNeeds]) -> TaskID? {
        var first: TaskRank?
        for group in groups where !passedOver.contains(group.needs) {
            guard let rank = group.ranks.first else { continue }
            if first.map({ rank < $0 }) ?? true { first = rank }
        }
        return first?.task
    }

    /// The first task whose needs are none of these and that is such; as many are looked at as stand before it.
    func first(besides passedOver: [TaskNeeds], where isSought: (TaskID) -> Bool) -> TaskID? {
        var first: TaskRank?
        for group in groups where !passedOver.contains(group.needs) {
            guard let rank = group.ranks.first(where: { isSought($0.task) }) else { continue }
            if first.map({ rank < $0 }) ?? true { first = rank }
        }
        return first?.task
    }

    /// The tasks whose needs are such, in the order in which they are granted.
    func tasks(where isMeant: (TaskNeeds) -> Bool) -> [TaskID] {
        var ranks: [TaskRank] = []
        for group in groups where isMeant(group.needs) { ranks += group.ranks }
        return ranks.sorted().map(\.task)
    }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V, _ number: Int, _ name: StaticString) {
        var ids = Array(self)
        visitor.identifiers(number, name, &ids)
        if !V.isReadOnly { self = TaskQueue(unsorted: ids) }
    }
}

extension TaskQueue: Sequence {
    public func makeIterator() -> IndexingIterator<[TaskID]> {
        (unsorted.isEmpty ? tasks { _ in true } : unsorted).makeIterator()
    }
}

extension TaskQueue: Equatable {
    public static func == (left: TaskQueue, right: TaskQueue) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }
}

/// What the hard filters of placement ask of a browser for a task.
struct TaskNeeds: Equatable, Sendable {
    let backend: Backend
    private let features: [String]
    private let limits: [AdapterLimit]
    private let memoryBytes: UInt64

    init(of task: TaskState) { self.init(of: task.spec, on: task.backend) }

    /// An adapter is of use on webgpu only.
    init(of spec: TaskSpec, on backend: Backend) {
        self.backend = backend
        let usesAdapter = backend == .webgpu
        features = usesAdapter ? spec.requiredFeatures : []
        limits = usesAdapter ? spec.requiredLimits : []
        memoryBytes = spec.memoryBytes
    }

    /// Whether an adapter has what is needed.
    func isMet(_ features: [String], _ limits: [AdapterLimit]) -> Bool {
        firstLack(features, limits) == nil
    }

    /// What an adapter lacks first, in words.
    func firstLack(_ features: [String], _ limits: [AdapterLimit]) -> String? {
        if let feature = self.features.first(where: { !features.contains($0) }) {
            return "the adapter lacks the feature \(feature)"
        }
        for needed in self.limits {
            let found = limits.first { $0.name == needed.name }?.value ?? 0
            if found < needed.value {
                return "the adapter's \(needed.name) is \(found), and \(needed.value) is needed"
            }
        }
        return nil
    }
}

/// Where a task stands among those that wait, as one number.
///
/// A task ranks as if it had been submitted earlier by so many times the policy's `aging_ms` as its priority says, and of
/// equals the older one first. A rank never changes while the task waits, and no task is passed over for ever: one is
/// granted before every other that is submitted more than `aging_ms` times the difference of their priorities later.
/// Without aging the priority alone decides, then the age.
struct TaskRank: Comparable, Sendable {
    private let number: UInt128

    init(_ task: TaskID, priority: UInt32, submittedAt: EventTime, agingMs: UInt64) {
        let first: UInt64
        if agingMs == 0 {
            first = UInt64(UInt32.max - priority)
        } else {
            let (credit, overflow) = UInt64(priority).multipliedReportingOverflow(by: agingMs * 1_000_000)
            let at = submittedAt.nanoseconds
            first = overflow || credit > at ? 0 : at - credit
        }
        number = UInt128(first) << 64 | UInt128(task.sequence)
    }

    init(of task: TaskState, agingMs: UInt64) {
        self.init(
            task.id, priority: task.spec.priority, submittedAt: task.submittedAt, agingMs: agingMs)
    }

    var task: TaskID { TaskID(UInt64(truncatingIfNeeded: number)) }

    static func < (left: TaskRank, right: TaskRank) -> Bool { left.number < right.number }
}
