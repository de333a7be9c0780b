import CSpawn
import Foundation
import Synchronization

/// Waits for process descriptors on one thread for the whole program, however many processes are watched.
///
/// A descriptor that is watched is owned by the watch, which closes it when its watch ends: so no number can be
/// given to another file while it still stands in the poll set.
final class DescriptorWatch: Sendable {
    /// The program's only one.
    static let shared = DescriptorWatch()

    /// Called on the watch's thread when the descriptor is readable or at its end; says whether to go on.
    typealias Callback = @Sendable (_ descriptor: CInt) -> Bool

    private struct Entry {
        let descriptor: CInt
        let callback: Callback
        /// The callback is running: the thread ends the watch when it returns.
        var isBusy = false
        var isCancelled = false
    }

    private struct State {
        var lastToken: UInt64 = 0
        var entries: [UInt64: Entry] = [:]
    }

    private let set: CInt
    private let state = Mutex(State())

    private init() {
        set = cspawn_watch_create()
        precondition(set >= 0, "no poll set can be made: the program is out of descriptors")
        let thread = Thread { [unowned self] in run() }  // `shared` is never released
        thread.name = "weir-watch"
        thread.start()
    }

    /// Watches a descriptor, and owns it from now on. Nil, and the descriptor closed, if the system refuses.
    @discardableResult
    func add(owning descriptor: CInt, _ callback: @escaping Callback) -> UInt64? {
        state.withLock { state in
            state.lastToken += 1
            guard cspawn_watch_add(set, descriptor, state.lastToken) == 0 else {
                close(descriptor)
                return nil
            }
            state.entries[state.lastToken] = Entry(descriptor: descriptor, callback: callback)
            return state.lastToken
        }
    }

    /// Ends a watch. Its callback may be running, and is then not waited for.
    func remove(_ token: UInt64) {
        state.withLock { state in
            guard var entry = state.entries[token] else { return }
            if entry.isBusy {
                entry.isCancelled = true
                state.entries[token] = entry
            } else {
                finish(token, &state)
            }
        }
    }

    private func finish(_ token: UInt64, _ state: inout State) {
        guard let entry = state.entries.removeValue(forKey: token) else { return }
        _ = cspawn_watch_remove(set, entry.descriptor)
        close(entry.descriptor)
    }

    private func run() {
        var tokens = [UInt64](repeating: 0, count: 64)
        while true {
            let count = cspawn_watch_wait(set, &tokens, CInt(tokens.count))
            precondition(count >= 0, "the poll set of the process watch is broken")
            for token in tokens.prefix(Int(count)) { serve(token) }
        }
    }

    private func serve(_ token: UInt64) {
        let entry: Entry? = state.withLock { state in
            state.entries[token]?.isBusy = true
            return state.entries[token]
        }
        guard let entry else { return }
        let goesOn = entry.callback(entry.descriptor)
        state.withLock { state in
            state.entries[token]?.isBusy = false
            if !goesOn || state.entries[token]?.isCancelled == true { finish(token, &state) }
        }
    }
}
