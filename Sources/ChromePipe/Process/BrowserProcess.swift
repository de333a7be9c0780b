import CSpawn
import Foundation
import NIOCore
import NIOPosix

/// The browser's process under its guardian (see `CSpawn`).
///
/// The guardian kills and reaps everything below it, then removes the profile folder, when the browser ends,
/// when `kill()` is called, when this value is let go of, or when our process dies in any way (EXEC-2).
package final class BrowserProcess: Sendable {
    /// Why there is no process.
    package struct LaunchError: Error {
        let stage: UInt32
        package let code: CInt

        /// What was being done.
        package var step: String {
            switch stage {
            case CSPAWN_STAGE_DESCRIPTORS.rawValue: "making its pipes"
            case CSPAWN_STAGE_GUARDIAN.rawValue: "starting its guardian"
            case CSPAWN_STAGE_FORK.rawValue: "fork"
            case CSPAWN_STAGE_CHILD.rawValue: "wiring its descriptors"
            default: "exec"
            }
        }
    }

    /// The descriptors that the connection takes over.
    package struct Pipes {
        package let toBrowser: CInt
        package let fromBrowser: CInt
        package let errors: CInt
    }

    /// The browser's process id, which is also its process group.
    package let pid: pid_t
    let guardianPID: pid_t
    /// How the browser ended; nil if the guardian was killed and nobody knows.
    package let exit = Outcome<ProcessExit?>()
    /// Every process of the browser is dead and reaped, and the profile folder removed.
    package let ended = Outcome<Void>()

    private let pidfd: CInt
    private let guardianPidfd: CInt
    private let control: CInt

    /// Starts the program. Any thread may: the browser's parent is its guardian, whose only thread lives as long
    /// as it does, so the parent-death signal cannot fire early.
    ///
    /// - Parameter environment: `NAME=value` each; nil for ours.
    package static func launch(
        path: String, arguments: [String], environment: [String]? = nil, removing folder: String
    ) async throws -> (BrowserProcess, Pipes) {
        // Fork and exec block for some milliseconds, which no cooperative thread should.
        try await NIOThreadPool.singleton.runIfActive {
            try launchBlocking(path, arguments, environment, folder)
        }
    }

    private static func launchBlocking(
        _ path: String, _ arguments: [String], _ environment: [String]?, _ folder: String
    ) throws -> (BrowserProcess, Pipes) {
        var argv = Self.copied([path] + arguments)
        let variables = environment.map(Self.copied)
        defer { for text in argv + (variables ?? []) { free(text) } }
        var child = cspawn_child()
        let launched = path.withCString { path in
            folder.withCString { folder in
                argv.withUnsafeMutableBufferPointer { argv in
                    // The copies lie in arrays that nothing touches until the program is there.
                    func launch(_ variables: UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Bool {
                        var request = cspawn_request(
                            path: path, arguments: argv.baseAddress, environment: variables,
                            removed_folder: folder)
                        return cspawn_launch(&request, &child)
                    }
                    guard variables != nil else { return launch(nil) }
                    return variables!.withUnsafeBufferPointer { launch($0.baseAddress) }
                }
            }
        }
        guard launched else { throw LaunchError(stage: UInt32(child.failed_stage), code: child.error) }
        let pipes = Pipes(
            toBrowser: child.to_child, fromBrowser: child.from_child, errors: child.child_errors)
        return (BrowserProcess(child), pipes)
    }

    private init(_ child: cspawn_child) {
        pid = child.pid
        guardianPID = child.guardian_pid
        pidfd = child.pidfd
        guardianPidfd = child.guardian_pidfd
        control = child.guardian_socket
        watch()
    }

    deinit {
        kill()
        for descriptor in [pidfd, guardianPidfd, control] { close(descriptor) }
    }

    /// The callbacks hold the outcomes only, so that letting go of the process is noticed.
    private func watch() {
        let (pid, exit, ended) = (pid, exit, ended)
        // Duplicates, because a watched descriptor is the watch's own.
        let report = DescriptorWatch.shared.add(owning: fcntl(control, F_DUPFD_CLOEXEC, 0)) { socket in
            var status = cspawn_exit()
            switch cspawn_read_exit(socket, &status) {
            case 1:
                exit.resolve(status.exited ? .status(status.value) : .signal(status.value))
            case 0:
                // The guardian was killed: the parent-death signal ends the browser, and this the rest.
                Self.killGroup(pid)
                exit.resolve(nil)
            default:
                return true
            }
            return false
        }
        let end = DescriptorWatch.shared.add(owning: fcntl(guardianPidfd, F_DUPFD_CLOEXEC, 0)) { pidfd in
            _ = cspawn_reap(pidfd)
            ended.resolve(())
            return false
        }
        if report == nil || end == nil { kill() }
    }

    /// Copies of texts on the heap, ended by nil.
    private static func copied(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// Orders the guardian to kill everything. Returns at once.
    package func kill() {
        // Not close: what the guardian still reports must be readable.
        shutdown(control, CInt(SHUT_WR))
    }

    /// For a guardian that does not do its work, stopped or stuck: kills the browser, its group and the guardian.
    func killWithoutGuardian() {
        _ = cspawn_pidfd_signal(pidfd, SIGKILL)
        // A guardian that reports the exit has killed the group itself; its number may be another's by then.
        if exit.value == nil { Self.killGroup(pid) }
        _ = cspawn_pidfd_signal(guardianPidfd, SIGKILL)
    }

    /// How long the guardian has to kill, reap and remove: somewhat more than it allows itself.
    private static let guardianGrace: Duration = .seconds(6)

    /// Kills what is left, and removes the profile folder. True if the guardian had to be killed as well.
    ///
    /// Cancelling the caller shortens nothing: a guardian that is killed at its work leaves processes behind.
    package func forceEnd(removing folder: String, on loop: any EventLoop) async -> Bool {
        kill()
        // A task of its own is not cancelled with its caller.
        let swept = Task { await ended.wait(atMost: Self.guardianGrace, on: loop) != nil }
        let needed = await !swept.value
        if needed {
            killWithoutGuardian()
            await ended.wait()
            // Nobody reaps the browser on our behalf any more, and it dies in its own time.
            let gone = Outcome<Void>()
            DescriptorWatch.shared.add(owning: fcntl(pidfd, F_DUPFD_CLOEXEC, 0)) { _ in
                gone.resolve(())
                return false
            }
            await Task { _ = await gone.wait(atMost: Self.guardianGrace, on: loop) }.value
        }
        // The guardian's removal may have failed, or have been cut off with it.
        if ProfileFolder.exists(folder) { ProfileFolder.remove(folder) }
        return needed
    }

    private static func killGroup(_ pid: pid_t) {
        _ = Foundation.kill(-pid, SIGKILL)
    }
}
