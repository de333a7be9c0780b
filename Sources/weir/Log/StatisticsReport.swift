import EventLog
import Pool

/// What a log consists of, for people and for programs.
enum StatisticsReport {
    static func text(_ log: LogStatistics) -> String {
        var lines = LabelledLines()
        let range = log.records == 0 ? "none" : "\(log.records), from \(log.base + 1) to \(log.head)"
        lines.add("events", range)
        if log.base > 0 { lines.add("archived", "events 1 to \(log.base)") }
        let steps = Format.count(log.steps, "step")
        lines.add("", "\(steps) in \(Format.count(log.commits, "commit"))")
        if let times = log.commitTimes {
            let (first, last) = (times.lowerBound, times.upperBound)
            lines.add("written", Format.time(EventTime(nanoseconds: first)))
            lines.add("", Format.time(EventTime(nanoseconds: last)))
        }
        let commit = log.commitNanoseconds
        let took = [commit.p50, commit.p99, commit.max].map { Format.duration(ms: Double($0) / 1e6) }
        lines.add("commits", "took \(took[0]) in the middle, \(took[1]) at 99 %, \(took[2]) at most")
        lines.add("bytes", "\(Format.bytes(log.payloadBytes)) of events")
        lines.add(
            "", "\(Format.bytes(log.usedBytes)) in use of \(Format.bytes(log.fileBytes)) of the data file")
        lines.add("blobs", "\(log.blobs), \(Format.bytes(log.blobBytes))")
        lines.add(
            "beside", "\(Format.count(log.snapshots, "snapshot")), \(Format.count(log.archives, "archive"))")
        guard !log.types.isEmpty else { return lines.text }
        var table = TextTable(["TYPE", "EVENTS", "BYTES"])
        for type in log.types {
            table.add([name(of: type), "\(type.records)", Format.bytes(type.payloadBytes)])
        }
        return lines.text + "\n" + table.text
    }

    private static func name(of type: LogStatistics.TypeCount) -> String {
        EventPayload.name(ofNumber: Int(type.type)) ?? "type \(type.type)"
    }

    static func json(_ log: LogStatistics) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            let numbers: [(String, UInt64)] = [
                ("base", log.base), ("head", log.head), ("events", log.records), ("steps", log.steps),
                ("commits", log.commits), ("payload_bytes", log.payloadBytes),
                ("stored_bytes", log.storedBytes), ("used_bytes", log.usedBytes),
                ("file_bytes", log.fileBytes), ("blobs", UInt64(log.blobs)), ("blob_bytes", log.blobBytes),
                ("snapshots", UInt64(log.snapshots)), ("archives", UInt64(log.archives)),
            ]
            for (key, value) in numbers {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("first_commit_at")
            writer.time(log.commitTimes?.lowerBound)
            writer.key("last_commit_at")
            writer.time(log.commitTimes?.upperBound)
            writer.key("commit_events")
            writer.quantiles(log.commitRecords)
            writer.key("commit_ns")
            writer.quantiles(log.commitNanoseconds)
            writer.key("types")
            writer.braces { writer in
                for type in log.types {
                    writer.key(name(of: type))
                    writer.braces { writer in
                        writer.key("events")
                        writer.raw("\(type.records)")
                        writer.key("bytes")
                        writer.raw("\(type.payloadBytes)")
                    }
                }
            }
        }
        return writer.string
    }
}

extension JSONWriter {
    fileprivate mutating func time(_ nanoseconds: UInt64?) {
        guard let nanoseconds else { return raw("null") }
        quoted(Format.time(EventTime(nanoseconds: nanoseconds)))
    }

    fileprivate mutating func quantiles(_ values: LogStatistics.Quantiles) {
        braces { writer in
            let quantiles = [
                ("p50", values.p50), ("p99", values.p99), ("p999", values.p999), ("max", values.max),
            ]
            for (key, value) in quantiles {
                writer.key(key)
                writer.raw("\(value)")
            }
        }
    }
}
