import ChromePipe
import Pool
import Synchronization

/// Measures what a browser does and uses between two samples.
final class BrowserMeter: Sendable {
    private let counts = Mutex(Counts())

    private struct Counts {
        var since = ContinuousClock.now
        var hasSampled = false
        var items: UInt64 = 0
        /// Time of each batch, in milliseconds; of very many the latest.
        var batches: [Double] = []
        var busyMs = 0.0
    }

    /// Batches whose time is kept for the median.
    private static let batchLimit = 4096

    struct Sample: Sendable {
        fileprivate var counts: MetricsSampled

        func event(browser: BrowserID, incarnation: IncarnationID) -> MetricsSampled {
            var event = counts
            event.browser = browser
            event.incarnation = incarnation
            return event
        }
    }

    /// Takes note of items that ran in one call.
    func count(items: Int, runMs: Double) {
        counts.withLock { counts in
            counts.items += UInt64(items)
            counts.busyMs += runMs
            if counts.batches.count == Self.batchLimit { counts.batches.removeFirst(Self.batchLimit / 2) }
            counts.batches.append(runMs)
        }
    }

    /// Whether there is no sample yet, or the last one is as old as this.
    func isDue(after spacing: Duration) -> Bool {
        counts.withLock { !$0.hasSampled || ContinuousClock.now - $0.since >= spacing }
    }

    /// Samples the browser and begins the next interval; nil when the browser does not say what its processes are.
    ///
    /// - Parameter deadline: For each of its answers; a page that does not answer has no heap in the sample.
    func sample(_ running: any DrivenBrowser, _ pages: [RuntimePage], deadline: Duration) async -> Sample? {
        guard let processes = try? await running.processes(deadline: deadline) else { return nil }
        var heap: UInt64 = 0
        for page in pages {
            heap += await page.session.heapBytes(deadline: deadline) ?? 0
        }
        var event = MetricsSampled()
        event.jsHeapBytes = heap
        event.processes = UInt32(processes.count)
        for process in processes {
            let bytes = ProcessStatus.proportionalBytes(of: process.pid) ?? 0
            event.browserBytes += bytes
            if process.kind == .gpu { event.gpuProcessBytes += bytes }
        }
        let counts = self.counts.withLock { counts in
            let taken = counts
            counts = Counts()
            counts.hasSampled = true
            return taken
        }
        let batches = counts.batches.sorted()
        event.intervalMs = (ContinuousClock.now - counts.since).milliseconds
        event.items = counts.items
        event.busyMs = counts.busyMs
        event.latencyP50Ms = batches.isEmpty ? 0 : batches[(batches.count - 1) / 2]
        event.latencyMaxMs = batches.last ?? 0
        return Sample(counts: event)
    }
}
