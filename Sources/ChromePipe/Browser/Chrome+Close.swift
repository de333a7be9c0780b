import NIOCore
import Synchronization

/// How a browser was brought to its end.
public struct BrowserTeardown: Sendable, Hashable {
    /// The step that sufficed. Each includes those before it.
    public enum Step: String, Sendable, Hashable, Codable {
        /// It had ended before.
        case alreadyGone
        /// It left when asked by `Browser.close`.
        case browserClose
        /// It left when our end of the pipe was closed.
        case pipeClosed
        /// Its processes were killed.
        case killed
        /// Its guardian did not kill it in time, and it was killed with its guardian.
        case killedWithGuardian
    }

    public let step: Step
    /// How the browser process ended; nil when its guardian was killed and nobody knows.
    public let exit: ProcessExit?
    /// Whether the profile folder is gone.
    public let profileRemoved: Bool

    public init(step: Step, exit: ProcessExit?, profileRemoved: Bool) {
        self.step = step
        self.exit = exit
        self.profileRemoved = profileRemoved
    }
}

/// The one teardown of a browser, however many ask for it.
package final class TeardownTask: Sendable {
    private let task = Mutex<Task<BrowserTeardown, Never>?>(nil)

    package init() {}

    package func run(_ body: @escaping @Sendable () async -> BrowserTeardown) async -> BrowserTeardown {
        let running = task.withLock { task in
            let running = task ?? Task { await body() }
            task = running
            return running
        }
        return await running.value
    }
}

extension Chrome {
    /// How long the browser has to leave after its pipe was closed.
    private static let pipeCloseGrace: Duration = .milliseconds(500)

    /// Ends the browser: asks, closes the pipe, kills. Returns when every process of it is dead and reaped and
    /// its profile folder removed. Works on stopped processes. May be called again, and by many at once: all get
    /// the first one's result.
    ///
    /// - Parameter grace: how long the browser has to leave when asked; with zero it is killed at once. Cancelling the
    ///   caller shortens nothing.
    @discardableResult
    public func close(grace: Duration = .seconds(2)) async -> BrowserTeardown {
        await teardown.run { await self.tearDown(grace: grace) }
    }

    /// Kills every process of the browser. Returns at once; `close()` waits for the end of it.
    public func kill() {
        connection.beginClosing()
        process.kill()
    }

    /// Closes our end of the pipe that the browser reads from, on which it leaves; nothing else is done to end it.
    /// Calls that are made from then on end with its death.
    public func closePipe() { connection.closeOutput() }

    private func tearDown(grace: Duration) async -> BrowserTeardown {
        let wasGone = death != nil || process.exit.value != nil
        connection.beginClosing()
        var step = BrowserTeardown.Step.alreadyGone
        if !wasGone {
            step = .browserClose
            // The answer says nothing: what counts is that the process ends.
            async let asked = try? call(CDP.Browser.Close(), deadline: grace)
            var exit = await process.exit.wait(atMost: grace, on: timers)
            _ = await asked
            if exit == nil {
                step = .pipeClosed
                connection.closeOutput()
                exit = await process.exit.wait(atMost: min(grace, Self.pipeCloseGrace), on: timers)
            }
            if exit == nil { step = .killed }
        }
        if await process.forceEnd(removing: profileFolder, on: timers) { step = .killedWithGuardian }
        connection.end(.closedByUs)
        return BrowserTeardown(
            step: step, exit: process.exit.value ?? nil,
            profileRemoved: !ProfileFolder.exists(profileFolder))
    }
}
