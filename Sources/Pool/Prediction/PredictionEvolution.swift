/// What signs of life and failures change of what is known of signs.
extension PoolState {
    /// Takes in the signs of a browser that gives a sign of life, and learns from those that came to nothing.
    mutating func takeSigns(_ heartbeat: BrowserHeartbeat, at now: EventTime) {
        let place = browsers.place(of: heartbeat.browser)
        guard let prediction = policy.prediction else {
            browsers[at: place].signs = nil
            return
        }
        let (mean, deviation) = browsers[at: place].heartbeat(policy.heartbeat ?? HeartbeatPolicy())
        let heardAt = browsers[at: place].heardAt
        let silenceNs = heardAt == .zero ? 0 : now.nanoseconds(since: heardAt)
        let phi = silenceNs / 1_000 > mean ? Suspicion.phiMilli(silenceNs: silenceNs, mean, deviation) : 0
        var signs = browsers[at: place].signs ?? BrowserSigns()
        signs.take(heartbeat, phiMilli: phi, strikes: browsers[at: place].strikes)
        let passed = signs.keep(at: now, horizonNs: prediction.horizonNs)
        browsers[at: place].signs = signs
        if !passed.isEmpty { learn { model in for levels in passed { model.learn(levels, failed: false) } } }
    }

    /// A browser failed by itself: its last signs spoke for that.
    mutating func learnFailure(of id: BrowserID, at now: EventTime) {
        guard let prediction = policy.prediction, let signs = browsers[id].signs else { return }
        let last = signs.examples.filter { now.nanoseconds(since: $0.at) <= prediction.horizonNs }
        learn { $0.learnFailure(after: last) }
    }

    private mutating func learn(_ change: (inout RiskModel) -> Void) {
        var model = risk ?? RiskModel()
        risk = nil
        change(&model)
        risk = model
    }

    mutating func evolve(_ predicted: FailurePredicted, at event: EventStamp) {
        browsers[predicted.browser].signs?.predictedAt = event.at
    }

    mutating func evolve(_ withdrawn: PredictionWithdrawn) {
        browsers[withdrawn.browser].signs?.predictedAt = .zero
    }
}
