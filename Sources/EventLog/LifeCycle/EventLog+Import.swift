import Glibc

extension EventLog {
    /// Builds the log that was exported, at `path`, where there is nothing yet: with the same identity, records, commits
    /// and chain.
    ///
    /// - Parameters:
    ///   - exports: files in any of the formats, which is told from their content; `-` is the standard input. Further
    ///     ones continue the first, as the archives of a log do.
    ///   - path: the folder of the new log.
    /// - Throws: ``EventLogError/damagedExport(path:record:problem:)`` for what is not as it was exported,
    ///   ``EventLogError/alreadyExists(path:)`` if there is something at `path`. Nothing is left there then.
    public static func importLog(
        from exports: [String], to path: String, onProgress: (UInt64) -> Void = { _ in }
    ) throws(EventLogError) -> VerifyReport {
        var former: ExportWalk?
        for export in exports {
            var walk = ExportWalk(export, into: path, after: former)
            try Self.walk(export, &walk, onProgress)
            former = walk
        }
        guard var walk = former else {
            throw EventLogError.damagedExport(path: path, record: nil, problem: "there is no file to import")
        }
        former = nil
        return try walk.finish()
    }

    static func walk(
        _ export: String, _ walk: inout ExportWalk, _ onProgress: (UInt64) -> Void
    ) throws(EventLogError) {
        if export == "-" { return try self.walk(descriptor: STDIN_FILENO, export, &walk, onProgress) }
        let file = try File(opening: export, O_RDONLY)
        try self.walk(descriptor: file.descriptor, export, &walk, onProgress)
    }

    private static func walk(
        descriptor: Int32, _ path: String, _ walk: inout ExportWalk, _ onProgress: (UInt64) -> Void
    ) throws(EventLogError) {
        var source = try ExportSource(descriptor, path: path)
        var told: UInt64 = 0
        while let item = try source.next() {
            try walk.take(item)
            if let last = walk.last?.last, last >= told + 4096 {
                told = last
                onProgress(last)
            }
        }
        try walk.requireEnd()
    }
}
