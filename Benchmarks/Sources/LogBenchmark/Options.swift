import Measuring

/// What is measured, and for how long.
struct Options {
    enum Section: String, CaseIterable {
        case append, writers, scan, size, fold, open
    }

    /// In the order in which they are named; all if none is.
    var sections: [Section] = []
    /// How long a contestant is timed in one round of one cell. Many short rounds say more than few long ones: what
    /// else troubles the disk is then about the same for all contestants of a round.
    var seconds = 0.25
    var rounds = 20
    /// Rounds of the sections that read a log.
    var readRounds = 5
    /// Bytes of an event's payload.
    var sizes = [64, 200, 1000]
    /// Events of a step.
    var batches = [1, 10, 100, 1000, 10_000]
    /// Which contestants append, for a profile of one of them, and which many writers are compared with; all if none is
    /// named.
    var only: [String] = []
    var writers = [1, 8, 64, 512]
    /// Records of the logs that are scanned.
    var scanEvents = 2_000_000
    /// Tasks of the simulated pool whose log is folded.
    var foldTasks = 40_000
    /// Events of the log that is opened.
    var openEvents = 10_000_000
    /// Where the temporary folder is made: what is measured is this place's disk.
    var folder = "."

    static let usage = """
        usage: LogBenchmark [append] [writers] [scan] [size] [fold] [open] [--seconds 0.25] [--rounds 20]
          [--read-rounds 5] [--sizes 64,200,1000] [--batches 1,10,100,1000,10000] [--writers 1,8,64,512]
          [--scan-events 2000000] [--fold-tasks 40000] [--open-events 10000000] [--dir .] [--quick]
          [--only weir,weir-overlapped,lmdb,lmdb-records,sqlite,file,lmdb-data,lmdb-block]
        """

    init(_ arguments: some Sequence<String>) throws {
        var arguments = arguments.makeIterator()
        while let argument = arguments.next() {
            if let section = Section(rawValue: argument) {
                sections.append(section)
            } else if argument == "--quick" {
                makeQuick()
            } else {
                guard let value = arguments.next() else { throw BenchmarkError(Self.usage) }
                try set(argument, value)
            }
        }
        if sections.isEmpty { sections = Section.allCases }
    }

    /// Enough to see that everything runs; the numbers mean little.
    private mutating func makeQuick() {
        seconds = 0.05
        rounds = 2
        readRounds = 1
        sizes = [200]
        batches = [1, 100, 10_000]
        writers = [1, 64]
        scanEvents = 100_000
        foldTasks = 400
        openEvents = 100_000
    }

    private mutating func set(_ option: String, _ value: String) throws {
        switch option {
        case "--seconds": seconds = try positive(value, Double.init)
        case "--rounds": rounds = try positive(value) { Int($0) }
        case "--read-rounds": readRounds = try positive(value) { Int($0) }
        case "--sizes": sizes = try list(value)
        case "--batches": batches = try list(value)
        case "--writers": writers = try list(value)
        case "--scan-events": scanEvents = try positive(value) { Int($0) }
        case "--fold-tasks": foldTasks = try positive(value) { Int($0) }
        case "--open-events": openEvents = try positive(value) { Int($0) }
        case "--only": only = value.split(separator: ",").map(String.init)
        case "--dir": folder = value
        default: throw BenchmarkError(Self.usage)
        }
    }

    private func positive<Number: Comparable & ExpressibleByIntegerLiteral>(
        _ text: String, _ read: (String) -> Number?
    ) throws -> Number {
        guard let number = read(text), number > 0 else { throw BenchmarkError(Self.usage) }
        return number
    }

    private func list(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map { try positive(String($0)) { Int($0) } }
    }
}
