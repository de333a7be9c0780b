import CSpawn
import Foundation
import NIOPosix

/// The browser's process under its guardian (see `CSpawn`).
///
/// The guardian kills and reaps everything below it, then removes the profile folder, when the browser ends,
/// when `kill()` is called, when this value is let go of, or when our process dies in any way (EXEC-2).
final class BrowserProcess: Sendable {
    /// Why there is no process.
    struct LaunchError: Error {
        let stage: UInt32
        let code: CInt
    }

    /// The descriptors that the connection takes over.
    struct Pipes {
        let toBrowser: CInt
        let fromBrowser: CInt
        let errors: CInt
    }

    /// The browser's process id, which is also its process group.
    let pid: pid_t
    let guardianPID: pid_t
    /// How the browser ended; nil if the guardian was killed and nobody knows.
    let exit = Outcome<ChromeExit?>()
    /// Every process of the browser is dead and reaped, and the profile folder removed.
    let ended = Outcome<Void>()

    private let pidfd: CInt
    private let guardianPidfd: CInt
    private let control: CInt

    /// Starts the program. Any thread may: the browser's parent is its guardian, whose only thread lives as long
    /// as it does, so the parent-death signal cannot fire early.
    static func launch(
        path: String, arguments: [String], removing folder: String
    ) async throws -> (BrowserProcess, Pipes) {
        // Fork and exec block for some milliseconds, which no cooperative thread should.
        try await NIOThreadPool.singleton.runIfActive { try launchBlocking(path, arguments, folder) }
    }

    private static func launchBlocking(
        _ path: String, _ arguments: [String], _ folder: String
    ) throws -> (BrowserProcess, Pipes) {
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { for argument in argv { free(argument) } }
        var child = cspawn_child()
        let launched = path.withCString { path in
            folder.withCString { folder in
                argv.withUnsafeMutableBufferPointer { argv in
                    var request = cspawn_request(
                        path: path, arguments: argv.baseAddress, environment: nil, removed_folder: folder)
                    return cspawn_launch(&request, &child)
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

    /// Orders the guardian to kill everything. Returns at once.
    func kill() {
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

    private static func killGroup(_ pid: pid_t) {
        _ = Foundation.kill(-pid, SIGKILL)
    }
}
