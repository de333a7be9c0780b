import ChromePipe
import Pool
import PoolEngine

/// What a browser does and uses, sampled.
extension BrowserHost {
    /// The least time between two samples, so that short runs do not fill the log with them.
    private static let sampleSpacing = Duration.seconds(5)

    func sample(every interval: Duration) {
        sampling = Task { [weak self] in
            while (try? await Task.sleep(for: interval)) != nil { await self?.sample() }
        }
    }

    /// The first run of a browser is sampled at its end, later ones where the last sample is old enough.
    func sampleAfterRun() async {
        if meter.isDue(after: Self.sampleSpacing) { await sample() }
    }

    /// Asks the browser for a sign of life at once and then at these intervals, and reports those that come: its process
    /// answers, also while its pages are busy. Silence is measured from one sign to the next, so that the first must not
    /// wait: a browser that stops soon after its launch would never be missed.
    ///
    /// - Parameter measuringSigns: Whether each but the first also tells how long a canary took on its GPU, and what memory
    ///   it uses.
    func beat(every interval: Duration, measuringSigns: Bool) {
        beating = Task { [weak self] in
            await self?.beat(patience: interval, measuringSigns: false)
            while (try? await Task.sleep(for: interval)) != nil {
                await self?.beat(patience: interval, measuringSigns: measuringSigns)
            }
        }
    }

    private func beat(patience: Duration, measuringSigns: Bool) async {
        guard phase == .usable, let running else { return }
        let asked = ContinuousClock.now
        guard (try? await running.answer(deadline: patience)) != nil else { return }
        var heartbeat = BrowserHeartbeat(
            browser: browser, incarnation: incarnation,
            answerMs: (ContinuousClock.now - asked).milliseconds)
        if measuringSigns {
            heartbeat.canaryMs = canaryMs(in: running)
            let processes = (try? await running.processes(deadline: patience)) ?? []
            heartbeat.memoryBytes = processes.reduce(0) {
                $0 + (ProcessStatus.proportionalBytes(of: $1.pid) ?? 0)
            }
        }
        reportIfUsable(Report(heartbeat))
    }

    private func sample() async {
        guard phase == .usable, let running else { return }
        let pages = Array(pages.values)
        let sample = await meter.sample(
            running, pages, deadline: surroundings.configuration.probeDeadline)
        guard let sample else { return }
        reportIfUsable(Report(sample.event(browser: browser, incarnation: incarnation)))
    }
}
