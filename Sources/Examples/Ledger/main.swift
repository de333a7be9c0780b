// A ledger of accounts on an event log alone: run it with a folder, again and again.
import EventLog

/// The balances of all accounts, by stream.
struct Balances: LogFold {
    static let name = "balances"
    static let version: UInt32 = 1
    var cents: [StreamID: Int64] = [:]

    init() {}
    init(canonicalBytes bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            cents[StreamID(parsing: String(parts[0]))!] = Int64(parts[1])
        }
    }
    func canonicalBytes() -> [UInt8] {
        Array(cents.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined().utf8)
    }
    mutating func apply(_ record: borrowing RecordView) {
        let amount = record.payload.withUnsafeBytes { Int64(String(decoding: $0, as: UTF8.self)) ?? 0 }
        for account in record.streams { cents[account, default: 0] += record.type == 1 ? amount : -amount }
    }
}

let log = try EventLog.open(at: CommandLine.arguments.dropFirst().first ?? "ledger")
let (alice, bob) = (StreamID(name: "alice"), StreamID(name: "bob"))
let newest = try log.reader.newest(of: alice)
var transfer = Step()  // both records, or none
transfer.append(Array("250".utf8), type: 2, streams: [alice])
transfer.append(Array("250".utf8), type: 1, streams: [bob])
let positions = try await log.append(transfer, expecting: .stream(alice, newest: newest))
let balances = try log.reader.fold(Balances.self)
try balances.save(in: log.reader)
print("records \(positions.lowerBound) and \(positions.upperBound) are durable")
print("alice \(balances.fold.cents[alice] ?? 0), bob \(balances.fold.cents[bob] ?? 0)")
log.close()
