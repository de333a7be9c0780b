// A pool of worker processes that are killed while they work: run it with a folder for its log.
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

func squares(_ items: Range<UInt64>) -> String { "\(items.map { $0 * $0 })" }
if CommandLine.arguments.contains("--worker") {
    while let batch = readLine()?.split(separator: " ").compactMap({ UInt64($0) }) {
        usleep(20_000)  // It is hard work.
        FileHandle.standardOutput.write(Data("\(squares(batch[0]..<batch[0] + batch[1]))\n".utf8))
    }
    exit(0)
}
signal(SIGPIPE, SIG_IGN)  // The death of a worker is told by its end.
let store = LogEventStore(try EventLog.open(at: CommandLine.arguments.dropFirst().first ?? "workers"))
let engine = try PoolEngine(store: store, executor: WorkerExecutor())
let identity = EngineIdentity(version: "1", host: "localhost", pid: UInt32(getpid()), simulated: false)
try await engine.start(identity: identity, policy: PoolPolicy(maxConnections: 2), holdTasks: true)
let events = await engine.events()
var spec = TaskSpec(model: "squares", runtime: "worker", itemsTotal: 160, inputsCount: 160, batchItems: 8)
(spec.backends, spec.runtimeBackends) = ([.cpu], [.cpu])
var (tasks, ended): ([TaskResults], Int) = ([], 0)
for _ in 1...3 { tasks.append(TaskResults(of: try await engine.submit(spec))) }
for await event in events {
    for index in tasks.indices { tasks[index].apply(event) }
    switch event.payload {
    case .runProgressed(let progressed) where progressed.firstItem == 40:
        let state = await engine.state
        guard let held = state.allocations.find(progressed.allocation) else { continue }
        kill(pid_t(state.browsers[held.browser].pid), SIGKILL)
        print("worker \(held.browser) is killed while it runs task \(held.task)")
        continue
    case .browserFailed, .recoveryBegan, .recoveryCommitted: break
    case .taskSucceeded, .taskFailed: ended += 1
    default: continue
    }
    print(event.sentence(about: EventSubjects()))
    if ended == tasks.count { break }
}
try await engine.stop(.finished)
let right = try tasks.filter { task in
    let results = try task.parts.map { String(decoding: try $0.outputs.bytes(in: store), as: UTF8.self) }
    return results == stride(from: 0, to: spec.itemsTotal, by: 8).map { squares($0..<$0 + 8) }
}
print("\(right.count) of \(tasks.count) tasks have the result of every item once")
exit(right.count == tasks.count ? 0 : 1)
