import Pool

extension PoolScaled {
    var sentence: String {
        let isRaised = targetAfter > targetBefore
        let why =
            switch reason {
            case .queue: "\(Wording.count(waiting, "task")) waited"
            case .panic: "in a burst, \(Self.tasks(panicDemandMilli)) ran or waited at a time"
            case .stable: "\(Self.tasks(stableDemandMilli)) ran or waited at a time"
            case .forecast: "more tasks arrive, and \(Self.tasks(forecastMilli)) are expected at a time"
            case .memory: "its browsers used \(memoryBytes >> 20) MiB of \(memoryLimitBytes >> 20) MiB"
            }
        return "the pool was \(isRaised ? "enlarged" : "reduced") to "
            + "\(Wording.count(targetAfter, "browser")), from \(targetBefore): \(why)"
    }

    /// A mean number of tasks, in tenths.
    private static func tasks(_ milli: UInt64) -> String { "\(milli / 1_000).\(milli % 1_000 / 100) tasks" }
}
