import Pool

/// What came of the faults of one kind, in figures.
public struct InjectionFigures: Equatable, Sendable {
    public let fault: InjectedFault
    /// How often it was injected.
    public private(set) var injected = 0
    /// How often what was seen of it, by name.
    public private(set) var seen: [String: Int] = [:]
    /// How often what made the browser usable again, by the name of the rung.
    public private(set) var healed: [String: Int] = [:]
    /// How often the interrupted work went on on another browser.
    public private(set) var moved = 0
    /// Times from the record of the fault to that of what was seen, in nanoseconds.
    public private(set) var detectionNs = Quantiles()
    /// Times from the record of the fault until its browser was usable again, in nanoseconds.
    public private(set) var healingNs = Quantiles()
    /// Times from the record of the fault until the interrupted work ran again, in nanoseconds.
    public private(set) var resumptionNs = Quantiles()

    /// The figures of each kind of fault that was injected, in the order of their numbers.
    public static func all(of injections: [InjectionRecord]) -> [InjectionFigures] {
        InjectedFault.allCases.compactMap { fault in
            let records = injections.filter { $0.fault == fault }
            return records.isEmpty ? nil : InjectionFigures(fault, of: records)
        }
    }

    /// - Parameter records: Those of this fault.
    init(_ fault: InjectedFault, of records: [InjectionRecord]) {
        self.fault = fault
        injected = records.count
        for record in records {
            if let name = record.seen { seen[name, default: 0] += 1 }
            if let rung = record.rung { healed[rung.name.description, default: 0] += 1 }
            if record.hasMoved { moved += 1 }
            if let time = record.detectionNs { detectionNs.add(time) }
            if let time = record.healingNs { healingNs.add(time) }
            if let time = record.resumptionNs { resumptionNs.add(time) }
        }
    }

    /// How often nothing was seen of it.
    public var unseen: Int { injected - seen.values.reduce(0, +) }
}
