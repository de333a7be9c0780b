import EventLog
import Glibc
import Synchronization

/// Appends steps of one to five records until the process is killed, and writes each acknowledgement.
///
/// Record `n` of a step that begins at `s` reads `s:count:n`, so that a reader can tell a torn step.
func appendForEver(_ path: String) throws {
    let log = try EventLog.open(at: path)
    let waiting = Atomic(0)
    var first = log.acceptedHead + 1
    while true {
        guard waiting.load(ordering: .relaxed) < 200 else {
            usleep(200)
            continue
        }
        let count = Int(first % 5) + 1
        let records = (0..<count).map { Array("\(first):\(count):\($0)".utf8) }
        let blobs = first % 50 == 0 ? [Array("blob of \(first)".utf8)] : []
        waiting.add(1, ordering: .relaxed)
        let range = try log.submit(Step(records: records, blobs: blobs)) { result in
            if case .success(let range) = result {
                say("acknowledged \(range.upperBound)")
            }
            waiting.subtract(1, ordering: .relaxed)
        }
        first = range.upperBound + 1
    }
}

/// Appends until the file size limit stops it, and writes how that ended.
func appendUntilTheDiskIsFull(_ path: String, limitBytes: rlim_t) async throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: limitBytes, rlim_max: limitBytes)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    let log = try EventLog.open(at: path)
    while true {
        do throws(EventLogError) {
            let range = try await log.append(Step(records: [[UInt8](repeating: 7, count: 1000)]))
            say("acknowledged \(range.upperBound)")
        } catch {
            guard case .writingFailed = error else {
                say("unexpected \(error)")
                exit(1)
            }
            break
        }
    }
    do throws(EventLogError) {
        try log.submit(Step(records: [[1]])) { _ in }
        say("accepted after a failure")
    } catch {
        if case .writingFailed = error { say("refused at \(log.durableHead)") }
    }
    log.close()
}

/// Leaves the process far less address space than a map of the default size.
func limitAddressSpace() {
    var limit = rlimit(rlim_cur: 8 << 30, rlim_max: 8 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
}

/// Reads a log as a user who may read it and write nothing.
func readAsNobody(_ path: String) {
    guard setegid(65534) == 0, seteuid(65534) == 0 else { exit(1) }
    do throws(EventLogError) {
        let reader = try EventLog.openForReading(at: path)
        say("read \(try reader.read(from: 1, limit: .max).count)")
    } catch {
        if case .lockTableUnwritable(_, let pid) = error {
            say("refused \(pid)")
        } else {
            say("unexpected \(error)")
        }
    }
}
