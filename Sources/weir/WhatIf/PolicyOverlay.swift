import Pool
import PoolSimulator
import Projections

/// A policy file laid over the policies that a log recorded: what it does not name stays as it was.
struct PolicyOverlay {
    let path: String

    /// - Throws: `UsageError` for a file that is none, and for a policy that cannot be together with what stays.
    func apply(to recorded: PoolPolicy) throws(UsageError) -> PoolPolicy {
        var policy = try ConfigFile(path: path, defaults: recorded).policy
        // The file cannot name it, and no pool keeps more browsers than it may have.
        policy.warmBrowsers = min(policy.warmBrowsers, policy.maxConnections)
        do throws(FieldError) {
            try policy.validate()
        } catch {
            throw UsageError("\(path), over the recorded policy: \(error)")
        }
        return policy
    }

    func apply(to workload: RecordedWorkload) throws(UsageError) -> RecordedWorkload {
        try workload.under(apply)
    }

    /// What the file changes in the policy that each session begins with; none twice.
    static func changes(from recorded: RecordedWorkload, to other: RecordedWorkload) -> [FieldDifference] {
        var changes: [FieldDifference] = []
        for (old, new) in zip(recorded.sessions, other.sessions) {
            let fields = (FieldList(of: old.policy).fields, FieldList(of: new.policy).fields)
            for change in FieldDifference.between(fields.0, fields.1) where !changes.contains(change) {
                changes.append(change)
            }
        }
        return changes
    }
}
