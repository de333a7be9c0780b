import CFaultyDisk
import Glibc
import Synchronization

/// A disk that keeps only what was flushed, beside the real files that a writing process sees.
///
/// Contents: a write is pending, sector by sector, until its file is flushed or it was synchronous itself.
/// Names: an entry of a folder is pending until that folder is flushed (POSIX promises no more). When the power
/// fails, each pending sector and entry has come to the disk or not, by the dice; a sector comes whole, in any of
/// the versions that it had since the last flush.
final class ShadowDisk: DiskWatcher {
    /// When the power fails.
    struct Cut {
        var callNumber: Int
        /// Whether that call still comes through.
        var isAfterCall: Bool
    }

    private struct State {
        var files: [Inode: ShadowFile] = [:]
        /// The durable entries of each folder.
        var folders: [Inode: [String: Inode]] = [:]
        var calls = 0
        /// Descriptors whose present call fails, so that what it wrote is not durable.
        var failing: Set<Int32> = []
        var dice: Dice
    }

    private let root: String
    private let image: String
    private let cut: Cut
    private let ignoresFlush: Bool
    private let faults: FailingDisk?
    private let state: Mutex<State>

    /// A disk whose content is now, and durably, what is in the folder `root`. It becomes the folder `image` when
    /// the power fails.
    init(
        root: String, image: String, cut: Cut, ignoresFlush: Bool = false, faults: FailingDisk? = nil,
        dice: Dice
    ) {
        self.root = root
        self.image = image
        self.cut = cut
        self.ignoresFlush = ignoresFlush
        self.faults = faults
        var first = State(dice: dice)
        Self.load(root, into: &first)
        state = Mutex(first)
    }

    private static func load(_ folder: String, into state: inout State) {
        let entries = entries(of: folder)
        if let inode = Inode(of: folder) { state.folders[inode] = entries }
        for (name, inode) in entries {
            let path = folder + "/" + name
            if inode.isFolder {
                load(path, into: &state)
            } else {
                state.files[inode] = ShadowFile(durable: FileTree.content(of: path))
            }
        }
    }

    private static func entries(of folder: String) -> [String: Inode] {
        var entries: [String: Inode] = [:]
        for name in FileTree.names(in: folder) { entries[name] = Inode(of: folder + "/" + name) }
        return entries
    }

    func before(_ call: DiskCall) -> DiskAnswer {
        state.withLock { state in
            state.calls += 1
            if state.calls == cut.callNumber, !cut.isAfterCall { cutPower(&state) }
        }
        let answer = faults?.before(call) ?? .forwarded
        if answer.error != nil { state.withLock { _ = $0.failing.insert(call.descriptor) } }
        return answer
    }

    func after(_ call: DiskCall, reached: Int) {
        state.withLock { state in
            take(call, reached: reached, &state)
            if state.calls >= cut.callNumber { cutPower(&state) }
        }
    }

    /// Cuts the power if it did not fail yet: now all is appended, and the writer closes.
    func cutNow() {
        state.withLock { cutPower(&$0) }
    }

    private func take(_ call: DiskCall, reached: Int, _ state: inout State) {
        let fails = state.failing.remove(call.descriptor) != nil
        guard let inode = Inode(of: call.descriptor) else { return }
        if inode.isFolder {
            if !ignoresFlush, reached >= 0, !fails { state.folders[inode] = Self.entries(of: call.path) }
            return
        }
        var file = state.files[inode] ?? ShadowFile(durable: [])
        // It was cut off when it was opened.
        var status = stat()
        if fstat(call.descriptor, &status) == 0, file.current.count > Int(status.st_size) {
            file = ShadowFile(durable: [])
        }
        switch call.operation {
        case .write, .synchronousWrite:
            file.write(
                Array(call.bytes.prefix(max(reached, 0))), at: call.offset,
                isDurable: call.operation == .synchronousWrite && !fails && !ignoresFlush)
        case .truncate:
            if reached >= 0 { file.truncate(to: call.offset) }
        case .flush where reached < 0 || fails: file.forget()
        case .flush:
            // What was written past the watched functions would make every finding worthless.
            guard !call.isOnDataFile || file.current == FileTree.content(of: call.path) else {
                say("VIOLATION: \(call.path) has content that was not seen being written")
                _exit(1)
            }
            if !ignoresFlush { file.flush() }
        }
        state.files[inode] = file
    }

    // MARK: The power cut

    private func cutPower(_ state: inout State) -> Never {
        // How much of what is pending came to the disk: nothing, all, or some.
        let share = [0, 20, 50, 80, 100].randomElement(using: &state.dice) ?? 0
        do {
            var places: [Inode: String] = [:]
            Self.find(root, &places)
            guard let inode = Inode(of: root) else { throw Violation("\(root) is not there") }
            try write(inode, to: image, share: share, places, &state)
        } catch {
            say("VIOLATION: \(error)")
            _exit(1)
        }
        _exit(0)
    }

    /// Where each folder is now, also one that was renamed.
    private static func find(_ folder: String, _ places: inout [Inode: String]) {
        if let inode = Inode(of: folder) { places[inode] = folder }
        for name in FileTree.names(in: folder) where FileTree.isFolder(folder + "/" + name) {
            find(folder + "/" + name, &places)
        }
    }

    private func write(
        _ folder: Inode, to target: String, share: Int, _ places: [Inode: String], _ state: inout State
    ) throws {
        mkdir(target, 0o755)
        let durable = state.folders[folder] ?? [:]
        let current = places[folder].map(Self.entries(of:)) ?? [:]
        for name in Set(durable.keys).union(current.keys).sorted() {
            let isCurrent = durable[name] == current[name] || state.dice.number(1...100) <= share
            guard let inode = isCurrent ? current[name] : durable[name] else { continue }
            let path = target + "/" + name
            if inode.isFolder {
                try write(inode, to: path, share: share, places, &state)
            } else if name != "lock.mdb" {
                // LMDB's table of readers is anew after each start of the machine.
                var content = state.files[inode]?.afterPowerCut(share: share, &state.dice) ?? []
                // It is stored to through a map, past the watched functions.
                if name == "acknowledged", state.dice.number(1...100) <= share, let folder = places[folder] {
                    content = FileTree.content(of: folder + "/" + name)
                }
                try FileTree.write(content, to: path)
            }
        }
    }
}

/// A file or folder, whatever its name is.
struct Inode: Hashable {
    private let number: UInt64
    private let bornSeconds: Int64
    private let bornNanoseconds: UInt32
    let isFolder: Bool

    init?(of path: String) {
        self.init(-1, path)
    }

    init?(of descriptor: Int32) {
        self.init(descriptor, nil)
    }

    private init?(_ descriptor: Int32, _ path: String?) {
        var inode = faulty_disk_inode()
        guard faulty_disk_find_inode(descriptor, path, &inode) else { return nil }
        number = inode.number
        bornSeconds = inode.born_seconds
        bornNanoseconds = inode.born_nanoseconds
        isFolder = inode.is_folder
    }
}

/// A file as the system shows it, and as the disk has it.
struct ShadowFile {
    private static let sectorBytes = 512

    private(set) var current: [UInt8]
    private var durable: [UInt8]
    /// The contents that sectors got since they were durable, in order.
    private var pending: [(sector: Int, bytes: [UInt8])] = []

    init(durable: [UInt8]) {
        self.durable = durable
        current = durable
    }

    mutating func write(_ bytes: [UInt8], at offset: Int, isDurable: Bool) {
        guard !bytes.isEmpty else { return }
        let end = offset + bytes.count
        if current.count < end { current += [UInt8](repeating: 0, count: end - current.count) }
        current.replaceSubrange(offset..<end, with: bytes)
        for sector in (offset / Self.sectorBytes)...((end - 1) / Self.sectorBytes) {
            let start = sector * Self.sectorBytes
            let content = Array(current[start..<min(start + Self.sectorBytes, current.count)])
            if isDurable {
                pending.removeAll { $0.sector == sector }
                Self.put(content, at: sector, in: &durable)
            } else {
                pending.append((sector, content))
            }
        }
    }

    /// Only the name of the writer is ever cut off, so its durability is of no interest.
    mutating func truncate(to length: Int) {
        current = Array(current.prefix(length))
        current += [UInt8](repeating: 0, count: length - current.count)
        self = ShadowFile(durable: current)
    }

    mutating func flush() {
        for write in pending { Self.put(write.bytes, at: write.sector, in: &durable) }
        pending = []
    }

    /// What Linux does when a flush fails: what was pending counts as written, though it may never be, and the next
    /// flush succeeds without it.
    mutating func forget() {
        pending = []
    }

    /// What is on the disk after a power cut, if about `share` percent of what was pending came to it.
    func afterPowerCut(share: Int, _ dice: inout Dice) -> [UInt8] {
        var disk = durable
        for write in pending where dice.number(1...100) <= share {
            Self.put(write.bytes, at: write.sector, in: &disk)
        }
        // The file's length is written by itself: before what it covers, and never less than what was durable.
        if dice.number(1...100) <= share, disk.count < current.count {
            disk += [UInt8](repeating: 0, count: dice.number(0...(current.count - disk.count)))
        }
        return disk
    }

    private static func put(_ bytes: [UInt8], at sector: Int, in disk: inout [UInt8]) {
        let start = sector * sectorBytes
        let end = start + bytes.count
        if disk.count < end { disk += [UInt8](repeating: 0, count: end - disk.count) }
        disk.replaceSubrange(start..<end, with: bytes)
    }
}
