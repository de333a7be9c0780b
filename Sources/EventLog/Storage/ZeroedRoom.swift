import CLMDB
import Glibc

/// Zeros behind the end of LMDB's pages, written ahead.
///
/// A page that is written where the file system has a block with content already costs one flush of that block. At the
/// end of the file the file system also has to make the new length and place durable, in its own journal, with every
/// commit; so the file is made longer rarely, by many pages at once. LMDB never looks behind its last page.
struct ZeroedRoom: ~Copyable {
    private let file: File
    private var usedBytes: Int
    /// Where the file ends at least.
    private var end: Int

    /// The file grows by a share of itself, so that small logs stay small.
    private static let share = 4
    private static let bytesLimit = 1 << 20
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    /// - Parameter usedBytes: where LMDB's last page ends.
    init(behind usedBytes: Int, in files: LogFiles) throws(EventLogError) {
        // Linux then writes behind the end, wherever that is by then, so that nothing is overwritten even if another
        // process has made the file longer.
        file = try File(opening: files.data, O_WRONLY | O_APPEND)
        self.usedBytes = usedBytes
        end = usedBytes
    }

    /// Writes zeros if what LMDB took for the last commit is more than half of what is left.
    ///
    /// They become durable with the next commit. When they cannot be written, as on a full disk, nothing is lost: LMDB
    /// makes the file longer itself.
    mutating func extend(behind usedBytes: Int) {
        let grown = usedBytes - self.usedBytes
        self.usedBytes = usedBytes
        // Large commits make the file longer by themselves rarely enough.
        guard grown > 0, grown <= Self.bytesLimit / 4, end - usedBytes < 2 * grown else { return }
        // Asked for only now: Linux gives a file whose times were looked at another time with the next write, and the
        // commit that writes has to flush its inode.
        guard let size = try? file.size() else { return }
        end = size
        guard end - usedBytes < 2 * grown else { return }
        let wanted = min(usedBytes / Self.share, Self.bytesLimit) & ~(Self.zeros.count - 1)
        for offset in stride(from: size, to: size + wanted, by: Self.zeros.count) {
            guard (try? file.write(Self.zeros, at: offset)) != nil else { return }
            end = offset + Self.zeros.count
        }
    }
}
