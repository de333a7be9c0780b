import CSpawn
import Foundation
import Synchronization

/// The kinds of process that a browser has.
public enum BrowserProcessKind: Sendable, Hashable {
    case browser, gpu, renderer
    /// Any service process, by the browser's name for it.
    case utility(String)

    /// From `SystemInfo.getProcessInfo`.
    public init(type: String) {
        switch type {
        case "browser": self = .browser
        case "GPU": self = .gpu
        case "renderer": self = .renderer
        default: self = .utility(type)
        }
    }
}

/// The processes of one browser that are watched by descriptor.
package final class ProcessWatch: Sendable {
    private let group: pid_t
    private let tokens = Mutex<[pid_t: UInt64]>([:])
    private let isWatching = Mutex<Set<pid_t>>([])

    package init(group: pid_t) {
        self.group = group
    }

    deinit {
        for token in tokens.withLock({ $0.values }) { DescriptorWatch.shared.remove(token) }
    }

    /// Watches a process, once. False if it has ended already or is none of this browser's.
    package func add(_ pid: pid_t, onExit: @escaping @Sendable () -> Void) -> Bool {
        guard isWatching.withLock({ $0.insert(pid).inserted }) else { return true }
        let pidfd = cspawn_pidfd_open(pid)
        // The descriptor pins the process; looked at after that, the group proves that the number was not
        // given to a stranger in between.
        guard pidfd >= 0, getpgid(pid) == group else {
            if pidfd >= 0 { close(pidfd) }
            isWatching.withLock { _ = $0.remove(pid) }
            return false
        }
        let token = DescriptorWatch.shared.add(owning: pidfd) { [weak self] _ in
            self?.forget(pid)
            onExit()
            return false
        }
        guard let token else {
            isWatching.withLock { _ = $0.remove(pid) }
            return false
        }
        tokens.withLock { $0[pid] = token }
        return true
    }

    private func forget(_ pid: pid_t) {
        isWatching.withLock { _ = $0.remove(pid) }
        tokens.withLock { $0[pid] = nil }
    }
}
