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

    /// Asks the browser for a sign of life at these intervals, and reports those that come: its process answers, also
    /// while its pages are busy.
    func beat(every interval: Duration) {
        beating = Task { [weak self] in
            while (try? await Task.sleep(for: interval)) != nil { await self?.beat(patience: interval) }
        }
    }

    private func beat(patience: Duration) async {
        guard phase == .usable, let chrome else { return }
        let asked = ContinuousClock.now
        guard (try? await chrome.call(CDP.Browser.GetVersion(), deadline: patience)) != nil else { return }
        reportIfUsable(
            Report(
                BrowserHeartbeat(
                    browser: browser, incarnation: incarnation,
                    answerMs: (ContinuousClock.now - asked).milliseconds)))
    }

    private func sample() async {
        guard phase == .usable, let chrome else { return }
        let pages = Array(pages.values)
        let sample = await meter.sample(
            chrome, pages, deadline: surroundings.configuration.probeDeadline)
        guard let sample else { return }
        reportIfUsable(Report(sample.event(browser: browser, incarnation: incarnation)))
    }
}
