import Glibc
import Measuring
import Pool

/// One pass of a pool over what it is told. Times are processor time of the one thread: nothing waits here.
enum Pass {
    /// The observations before the time begins: the first change of each table copies it, as the state before is kept.
    private static let warmUp = 1000

    /// Nanoseconds per observation, and the state at the end.
    static func whole(_ recorded: RecordedLoop) -> (ns: Double, state: PoolState) {
        var state = recorded.before
        take(recorded.observations.prefix(warmUp), into: &state)
        let timed = recorded.observations.dropFirst(warmUp)
        let begin = processorNs
        take(timed, into: &state)
        return (Double(processorNs - begin) / Double(timed.count), state)
    }

    private static func take(_ observations: ArraySlice<ClosedLoop.Observation>, into state: inout PoolState)
    {
        for observation in observations {
            let outcome = state.step(observation.payload, at: observation.at)
            if case .rejected = outcome { preconditionFailure("an observation of the loop is rejected") }
        }
    }

    /// Nanoseconds per observation of each type, without what it takes to look at the clock.
    static func byType(_ recorded: RecordedLoop) -> [String: Double] {
        var totals = [(ns: UInt64, count: UInt64)](repeating: (0, 0), count: recorded.types.count)
        var state = recorded.before
        take(recorded.observations.prefix(warmUp), into: &state)
        var begin = processorNs
        for _ in 0..<10_000 { _ = processorNs }
        let clockNs = (processorNs - begin) / 10_000
        for (observation, type) in zip(recorded.observations, recorded.typeOfEach).dropFirst(warmUp) {
            begin = processorNs
            _ = state.step(observation.payload, at: observation.at)
            let ns = processorNs - begin
            totals[type].ns += ns > clockNs ? ns - clockNs : 0
            totals[type].count += 1
        }
        return Dictionary(
            uniqueKeysWithValues: zip(recorded.types, totals).filter { $1.count > 0 }.map {
                ($0, Double($1.ns) / Double($1.count))
            })
    }

    private static var processorNs: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// What a closed loop told its pool, and the pool before and after.
struct RecordedLoop {
    let size: ClosedLoop.Size
    let before: PoolState
    let after: PoolState
    let observations: [ClosedLoop.Observation]
    /// Names of the types of observations.
    let types: [String]
    /// The place of each observation's type among them.
    let typeOfEach: [Int]

    init(_ size: ClosedLoop.Size, observations count: Int) throws {
        var loop = try ClosedLoop(size)
        self.size = size
        before = loop.state
        loop.run(observations: count)
        after = loop.state
        observations = loop.observations
        var types: [String] = []
        typeOfEach = observations.map { observation in
            let name = observation.payload.name.description
            if let place = types.firstIndex(of: name) { return place }
            types.append(name)
            return types.count - 1
        }
        self.types = types
    }

    /// How many of a thousand observations are of a type.
    func perMille(_ type: String) -> Int {
        guard let place = types.firstIndex(of: type) else { return 0 }
        return typeOfEach.count { $0 == place } * 1000 / typeOfEach.count
    }
}
