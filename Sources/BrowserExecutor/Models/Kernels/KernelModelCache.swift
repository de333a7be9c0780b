import Foundation
import Pool
import Synchronization

/// Folders of kernels as they were read last. Reading one takes the digests of all its files, which takes longer than many
/// a task does on it; it is read again when the system tells that any of them has changed.
final class KernelModelCache: Sendable {
    private struct Entry {
        var model: KernelModel
        var stamps: [FileStamp]
    }

    private static let limit = 16

    private let entries = Mutex<[String: Entry]>([:])
    private let settlingTime: TimeInterval

    /// - Parameter settlingTime: How long files must have been as they are, in seconds, so that none can have changed while it was
    ///   read without its stamp telling so: more than any read takes here, and than the clocks of file systems differ.
    init(settlingTime: TimeInterval = 10) { self.settlingTime = settlingTime }

    /// How many folders are known.
    var count: Int { entries.withLock { $0.count } }

    /// The folder that a task names, if it is still the model that was submitted.
    func model(of spec: TaskSpec) throws(RunRefusal) -> KernelModel {
        let known = entries.withLock { $0[spec.model] }
        if let known, known.model.digest == spec.modelDigest, Self.stamps(of: known.model) == known.stamps {
            return known.model
        }
        let read = try KernelModel(of: spec)
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = [:] }
            entries[spec.model] = settledStamps(of: read).map { Entry(model: read, stamps: $0) }
        }
        return read
    }

    private static func stamps(of model: KernelModel) -> [FileStamp]? {
        var stamps: [FileStamp] = []
        for file in ["model.json"] + model.manifest.files.map(\.file).sorted() {
            guard let stamp = FileStamp(path: model.folder + "/" + file) else { return nil }
            stamps.append(stamp)
        }
        return stamps
    }

    /// Nil where a file is missing or has been written just now.
    private func settledStamps(of model: KernelModel) -> [FileStamp]? {
        guard let stamps = Self.stamps(of: model), stamps.allSatisfy({ $0.age > settlingTime }) else {
            return nil
        }
        return stamps
    }
}

/// What the system tells of a file that changes with its contents (`stat`, stat(3type)); the time of its change cannot be set
/// by a program.
struct FileStamp: Equatable {
    private var device: UInt64
    private var inode: UInt64
    private var bytes: Int64
    private var changedSeconds: Int
    private var changedNanoseconds: Int

    /// Nil when there is no such file.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        bytes = Int64(status.st_size)
        changedSeconds = status.st_ctim.tv_sec
        changedNanoseconds = status.st_ctim.tv_nsec
    }

    /// Seconds since it changed last.
    var age: TimeInterval { Date().timeIntervalSince1970 - TimeInterval(changedSeconds) }
}
