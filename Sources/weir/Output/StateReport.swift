import Pool
import PoolEngine
import Projections

/// A pool's state, for people and for programs.
enum StateReport {
    /// - Parameter isSimulated: Whether the state's engine is.
    static func text(_ state: PoolState, isSimulated: Bool) -> String {
        var lines = [
            "position  \(state.position)\(state.position > 0 ? " at " + Format.time(state.lastEventAt) : "")",
            "digest    \(state.digest)",
            "engine    \(engine(state))\(isSimulated ? ", SIMULATED" : "")",
            "browsers  \(state.browsers.count) of at most \(state.policy.maxConnections)",
        ]
        for browser in state.browsers.entities {
            let runs = browser.allocations.isEmpty ? "" : ", allocations \(list(browser.allocations))"
            lines.append("  browser \(browser.id)  \(browser.phase.name), pid \(browser.pid)\(runs)")
        }
        lines.append("tasks     \(state.tasks.count) unfinished, \(state.queue.count) queued")
        for task in state.tasks.entities {
            let recovery = task.recovery.map { ", recovery \($0)" } ?? ""
            lines.append(
                "  task \(task.id)  \(task.phase.name), \(task.spec.model), "
                    + "\(task.itemsDone) of \(task.spec.itemsTotal) items\(recovery)")
        }
        lines.append("owed      " + Format.count(state.obligations.count, "obligation"))
        for obligation in state.obligations.entities {
            lines.append("  \(obligation.kind.name) \(obligation.id) on browser \(obligation.browser)")
        }
        lines.append("timers    \(state.timers.timers.count)")
        return lines.joined(separator: "\n")
    }

    private static func engine(_ state: PoolState) -> String {
        guard state.engine != 0 else { return "none yet" }
        guard state.isStopping else { return "event \(state.engine)" }
        return "event \(state.engine), " + (state.obligations.isEmpty ? "stopped" : "stopping")
    }

    private static func list(_ ids: [some EntityID]) -> String {
        ids.map(\.description).joined(separator: ", ")
    }

    static func json(_ state: PoolState, isSimulated: Bool) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("simulated")
            writer.raw("\(isSimulated)")
            writer.key("position")
            writer.raw("\(state.position)")
            writer.key("digest")
            writer.quoted(state.digest.description)
            writer.key("state")
            writer.raw(JSONWriter.object(state))
        }
        return writer.string
    }

    /// Every field of everything in the state, a block of lines for each entity.
    static func fieldsText(_ state: PoolState) -> String {
        state.entities.flatMap { ["\($0.key)"] + FieldLines.of($0.fields) }.joined(separator: "\n")
    }

    /// The same as one object with a member for each entity.
    static func fieldsJSON(_ state: PoolState) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            for entity in state.entities {
                writer.key("\(entity.key)")
                writer.fields(entity.fields)
            }
        }
        return writer.string
    }
}
