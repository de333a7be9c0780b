import Pool
import PoolEngine
import Projections

/// What `weir diff` says of two states.
struct DifferenceReport {
    /// A state, and the folder of its log.
    struct Side {
        let log: String
        let state: PoolState
    }

    private let old: Side
    private let new: Side
    private let difference: StateDifference

    init(from old: Side, to new: Side) {
        self.old = old
        self.new = new
        difference = StateDifference(from: old.state, to: new.state)
    }

    var isEqual: Bool { difference.entities.isEmpty }

    var text: String {
        var lines = LabelledLines()
        lines.add("from", title(old))
        lines.add("to", title(new))
        if isEqual { lines.add(line: "the states are equal") }
        for entity in difference.entities {
            let change = entity.change == .changed ? "" : "  \(entity.change.rawValue)"
            lines.add(line: "\(entity.key)\(change)")
            for line in Self.lines(entity.fields) { lines.add(line: line) }
        }
        return lines.text
    }

    private func title(_ side: Side) -> String {
        let log = old.log == new.log ? "" : " of \(side.log)"
        let at = side.state.position > 0 ? ", " + Format.time(side.state.lastEventAt) : ""
        return "event \(side.state.position)\(log)\(at)"
    }

    /// Differing fields, one below the other, old and new value with an arrow between them.
    static func lines(_ fields: [FieldDifference]) -> [String] {
        let width = fields.map(\.path.count).max() ?? 0
        return fields.flatMap { field in
            let gap = String(repeating: " ", count: width - field.path.count + 2)
            let (old, new) = (FieldLines.value(field.old), FieldLines.value(field.new))
            let first = "  \(field.path)\(gap)"
            let line = first + "\(old) → \(new)"
            guard line.count > LabelledLines.columns else { return [line] }
            return LabelledLines.wrapped(old, first: first, rest: "    ")
                + LabelledLines.wrapped("→ \(new)", first: "    ", rest: "      ")
        }
    }

    /// Differing fields as an array of JSON objects.
    static func json(_ fields: [FieldDifference]) -> [String] {
        fields.map { field in
            var writer = JSONWriter()
            writer.braces { writer in
                writer.key("field")
                writer.quoted(field.path)
                writer.key("old")
                writer.raw(field.old.json)
                writer.key("new")
                writer.raw(field.new.json)
            }
            return writer.string
        }
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            for (key, side) in [("from", old), ("to", new)] {
                writer.key(key)
                writer.braces { writer in
                    writer.key("log")
                    writer.quoted(side.log)
                    writer.key("position")
                    writer.raw("\(side.state.position)")
                    writer.key("digest")
                    writer.quoted(side.state.digest.description)
                }
            }
            writer.key("equal")
            writer.raw(isEqual ? "true" : "false")
            writer.array("entities", difference.entities.map(object))
        }
        return writer.string
    }

    private func object(_ entity: EntityDifference) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("entity")
            writer.quoted("\(entity.key)")
            writer.key("change")
            writer.quoted(entity.change.rawValue)
            writer.array("fields", Self.json(entity.fields))
        }
        return writer.string
    }
}
