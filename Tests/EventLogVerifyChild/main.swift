// A program for the tests of EventLog: what has to happen in another process, or in one that may be ended.
import EventLog
import Glibc

let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
    say(
        "usage: EventLogVerifyChild verify|append|hold|once|cramped|limited|read-and-wait|read-as-nobody path …"
    )
    exit(64)
}
let path = arguments[2]

switch arguments[1] {
case "verify": EventLogVerifier.childMain(path: path)
case "append": try appendForEver(path)
case "hold":
    let log = try EventLog.open(at: path)
    say("holding \(log.durableHead)")
    _ = readLine()
    log.close()
case "once", "cramped":
    if arguments[1] == "cramped" { limitAddressSpace() }
    let log = try EventLog.open(at: path)
    say("appended \(try await log.append(Step(records: [Array("once".utf8)])).upperBound)")
    log.close()
case "read-and-wait":
    let reader = try EventLog.openForReading(at: path)
    try reader.scan(from: 1) { record in
        say("reading \(record.sequence)")
        _ = readLine()
    }
case "read-as-nobody": readAsNobody(path)
case "limited": try await appendUntilTheDiskIsFull(path, limitBytes: rlim_t(arguments[3]) ?? 0)
default: exit(64)
}
