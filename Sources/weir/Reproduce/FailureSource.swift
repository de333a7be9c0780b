import BrowserExecutor
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// A failure that is to be reproduced, with all the bytes that it takes: from a log, or from a pack.
struct FailureSource {
    /// What led to the failure. Models that are given by a path have the path where they lie here.
    private(set) var slice: FailureSlice
    /// The events of the slice, as they were recorded.
    let events: [Event]
    private let blobs: [Digest: [UInt8]]
    /// Where the models of a pack were put; nil for a log.
    private let unpacked: String?

    /// Reads what led to a failure from a log.
    ///
    /// - Parameter number: An event that tells of the failure, or that the failure led to.
    init(event number: UInt64, in reader: EventLogReader) throws {
        let failure = try Self.failure(behind: number, in: reader)
        let source = LogEventSource(reader)
        let history = try source.projected(ProcessHistory.self, through: failure.sequence - 1)
        let slice: FailureSlice
        do {
            slice = try history.slice(of: failure)
        } catch {
            throw UsageError("event \(failure.sequence) cannot be reproduced: \(error)")
        }
        var blobs: [Digest: [UInt8]] = [:]
        for case let digest? in slice.payloads.map(\.digest) { blobs[digest] = try source.blob(digest) }
        self.slice = slice
        self.blobs = blobs
        events = try Self.events(of: slice, in: reader)
        unpacked = nil
        try refuseSuites()
    }

    /// Reads a pack, and puts its models into a temporary folder until `discard`.
    init(pack path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError(
                "\"\(path)\" is neither the number of an event nor a file that can be read; weir pack writes one"
            )
        }
        let pack: FailurePack
        do {
            pack = try FailurePack(decoding: [UInt8](data))
        } catch {
            throw UsageError("\(path) is no pack of a failure, or is damaged: \(error)")
        }
        guard pack.format == FailurePack.currentFormat else {
            throw UsageError(
                "\(path) has format \(pack.format); this version of Weir reads \(FailurePack.currentFormat)")
        }
        slice = pack.slice
        blobs = Dictionary(
            pack.blobs.map { (Digest(sha256: $0.content), $0.content) },
            uniquingKeysWith: { first, _ in first })
        for case let digest? in slice.payloads.map(\.digest) where blobs[digest] == nil {
            throw UsageError("\(path) is damaged: it lacks the bytes with the digest \(digest)")
        }
        do {
            events = try pack.events.map { try Event(sequence: $0.sequence, decoding: $0.event) }
        } catch {
            throw UsageError("\(path) is damaged: \(error)")
        }
        unpacked = pack.files.isEmpty ? nil : NSTemporaryDirectory() + "weir-models-\(UUID().uuidString)"
        do {
            try unpack(pack.files, named: path)
            try refuseSuites()
        } catch {
            discard()
            throw error
        }
    }

    /// Removes what a pack took in files.
    func discard() {
        if let unpacked { try? FileManager.default.removeItem(atPath: unpacked) }
    }

    /// The bytes of a payload of the slice.
    func bytes(of payload: Payload) -> [UInt8]? {
        payload.digest.map { blobs[$0] } ?? payload.inline
    }

    /// What is appended with a task that has these inputs.
    func blobs(of payload: Payload) -> [[UInt8]] { payload.digest.flatMap { blobs[$0] }.map { [$0] } ?? [] }

    /// Everything as one file.
    func pack() throws -> FailurePack {
        var files: [PackedFile] = []
        for model in Set(slice.runs.map(\.spec.model)).sorted() {
            guard let spec = slice.runs.first(where: { $0.spec.model == model })?.spec else { continue }
            for file in try ModelCatalog.files(of: spec) {
                guard let content = FileManager.default.contents(atPath: file.path) else {
                    throw FailedError("\(file.path) of the model cannot be read")
                }
                files.append(PackedFile(model: model, name: file.name, content: [UInt8](content)))
            }
        }
        return FailurePack(
            slice: slice, events: events.map { PackedEvent(sequence: $0.sequence, event: $0.encoded()) },
            blobs: blobs.sorted { $0.key.description < $1.key.description }.map {
                PackedBlob(content: $0.value)
            },
            files: files)
    }

    // MARK: Logs

    /// The failure that an event tells of or is due to: the nearest among its causes, and where none of them is a failure
    /// that was seen, the recovery that the pool began by itself.
    private static func failure(behind number: UInt64, in reader: EventLogReader) throws -> Event {
        if number >= 1, try number <= reader.base() { throw LogArchives(of: reader).missing(number) }
        guard number >= 1, let told = try reader.told(number) else {
            throw UsageError("the log has no event \(number); it has 1 to \(try reader.head())")
        }
        let chain = [told.event] + (try reader.causes(of: told.event)).map(\.event)
        let began = chain.first { if case .recoveryBegan = $0.payload { true } else { false } }
        guard let failure = chain.first(where: { ProcessHistory.tellsFailure($0.payload) }) ?? began else {
            throw UsageError(
                "event \(number) is \(told.event.payload.name), which no failure of a browser or run led to; those are "
                    + "listed by: weir log --type browser_failed --type run_failed")
        }
        return failure
    }

    /// What the log has of the browser's process up to the failure, and of its tasks' submissions.
    private static func events(of slice: FailureSlice, in reader: EventLogReader) throws -> [Event] {
        var events: [UInt64: Event] = [:]
        for task in Set(slice.runs.map(\.task)) {
            if let told = try reader.told(task.sequence) { events[task.sequence] = told.event }
        }
        var filter = RecordFilter()
        filter.streams = [StreamID(slice.failure.browser)]
        try filter.forEachRecord(
            in: reader, from: slice.failure.incarnation.sequence, through: slice.failure.sequence
        ) { events[$0.sequence] = try Event(of: $0) }
        return events.values.sorted { $0.sequence < $1.sequence }
    }

    /// The items of a suite are folders that are not among what is kept of a task.
    private func refuseSuites() throws {
        for run in slice.runs where run.spec.runtime == OnnxModel.runtime {
            guard let inputs = bytes(of: run.spec.inputs), OnnxSuite.isSuite(inputs) else { continue }
            throw UsageError(
                "task \(run.task) is a suite of ONNX models, which is not run again in part; run the case by its path: "
                    + "weir run PATH")
        }
    }

    // MARK: Packs

    /// Writes the models' files, and names their new paths in the slice. A pack may come from anybody: no name of a file
    /// leads out of the folder.
    private mutating func unpack(_ files: [PackedFile], named path: String) throws {
        guard let unpacked else { return }
        let models = Set(files.map(\.model)).sorted()
        for file in files {
            let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
            guard !parts.isEmpty, parts.allSatisfy({ !["", ".", ".."].contains($0) }),
                let number = models.firstIndex(of: file.model)
            else { throw UsageError("\(path) is damaged: a file of it is named \"\(file.name)\"") }
            let target = URL(fileURLWithPath: "\(unpacked)/\(number)/\(file.name)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.content).write(to: target)
        }
        for index in slice.runs.indices {
            let model = slice.runs[index].spec.model
            guard let number = models.firstIndex(of: model) else { continue }
            slice.runs[index].spec.model = ModelCatalog.path(
                of: slice.runs[index].spec, in: "\(unpacked)/\(number)")
        }
    }
}
