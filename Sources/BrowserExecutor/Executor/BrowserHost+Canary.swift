import ChromePipe
import Pool

/// A small dispatch with a known result, on a page of its own: a GPU that slows down shows in it.
extension BrowserHost {
    /// Where the canary stands.
    struct Canary {
        var page: RuntimePage?
        /// When the one that is out was sent; nil while none is.
        var since: ContinuousClock.Instant?
        /// How long the last one took, in milliseconds; 0 once that was told.
        var lastMs = 0.0
        var sending: Task<Void, Never>?
    }

    /// How long the canary took that came back since this was asked last, in milliseconds, or how long the one has been out
    /// that has not; 0 when there was none. Sends the next one.
    func canaryMs(in running: any DrivenBrowser) -> Double {
        if let since = canary.since { return (ContinuousClock.now - since).milliseconds }
        guard canary.sending == nil else { return 0 }
        defer { canary.lastMs = 0 }
        canary.sending = Task { await self.sendCanary(in: running) }
        return canary.lastMs
    }

    private func sendCanary(in running: any DrivenBrowser) async {
        let patience = surroundings.configuration.pageDeadline
        defer {
            canary.since = nil
            canary.sending = nil
        }
        do {
            let page: RuntimePage
            if let open = canary.page {
                page = open
            } else {
                page = try await RuntimePage.open(in: running, runtime: "canary", deadline: patience)
            }
            canary.page = page
            canary.since = ContinuousClock.now
            let answer: PageAnswer.Canary = try await page.call("beat", [:], deadline: patience)
            canary.lastMs = answer.canaryMs
            if !answer.isRight {
                suspect(FailureEvidence(.outputWrong, "the GPU gave a wrong result for a known dispatch"))
            }
        } catch {
            // Its page or its device is gone; that is the canary's, and the next one has others.
            let page = canary.page
            canary.page = nil
            try? await page?.session.close(deadline: patience)
        }
    }
}
