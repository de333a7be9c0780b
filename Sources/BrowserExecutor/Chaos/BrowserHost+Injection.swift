import ChromePipe
import Foundation
import Pool
import PoolEngine

/// Faults that are done to a browser on purpose. What comes of them is seen and told as of any other.
extension BrowserHost {
    /// Finds out what a fault would be done to.
    func aim(_ fault: InjectedFault) async throws(InjectionRefusal) -> FaultInjected {
        guard phase == .usable || phase == .healing, let running, running.death == nil else {
            throw .gone(fault, browser)
        }
        let act = fault.act
        var injected = FaultInjected(
            fault: fault, browser: browser, incarnation: incarnation, method: act.method,
            detail: String(act.words.prefix(160)))
        switch act {
        case .signal(_, let victim):
            guard let pid = await process(victim, of: running) else {
                throw .noTarget(fault, browser, detail: "it has no such process, or does not answer")
            }
            injected.pid = UInt32(pid)
        case .closePipe, .call(.crashBrowser): _ = try chrome(running, for: fault)
        case .call(.closeTarget), .evaluate: _ = try pageAtWork(for: fault)
        case .call: _ = try session(of: pageAtWork(for: fault), for: fault)
        case .onDevices: _ = try await devices(in: pageAtWork(for: fault), for: fault)
        }
        return injected
    }

    /// Does what was aimed. What the browser says to it is of no interest: most of it is never answered.
    func inject(_ injected: FaultInjected) async throws(InjectionRefusal) {
        let fault = injected.fault
        guard let running, running.death == nil else { throw .gone(fault, browser) }
        let patience = surroundings.configuration.pageDeadline
        switch fault.act {
        case .signal(let signal, _):
            // All processes of a browser are in its group: no other is struck in the place of one that has ended.
            let pid = Int32(truncatingIfNeeded: injected.pid)
            guard getpgid(pid) == running.pid, kill(pid, signal) == 0 else {
                throw .noTarget(fault, browser, detail: "process \(injected.pid) has ended")
            }
        case .closePipe: try chrome(running, for: fault).closePipe()
        case .call(.crashBrowser):
            let chrome = try chrome(running, for: fault)
            Task { try? await chrome.call(CDP.Browser.Crash(), deadline: patience) }
        case .call(.closeTarget):
            let page = try pageAtWork(for: fault)
            Task { try? await page.session.close(deadline: patience) }
        case .call(.crashPage):
            let session = try session(of: pageAtWork(for: fault), for: fault)
            Task { try? await session.call(CDP.Page.Crash(), deadline: patience) }
        case .call(.navigate):
            let session = try session(of: pageAtWork(for: fault), for: fault)
            Task { try? await session.call(CDP.Page.Navigate(url: "about:blank"), deadline: patience) }
        case .evaluate(let script):
            let page = try pageAtWork(for: fault)
            Task { _ = try? await page.session.evaluate(script, deadline: patience) }
        case .onDevices(let function):
            let page = try pageAtWork(for: fault)
            let devices = try await devices(in: page, for: fault)
            let call = CDP.Runtime.CallFunctionOn(functionDeclaration: function, objectId: devices)
            let session = try session(of: page, for: fault)
            Task { try? await session.call(call, deadline: patience) }
        }
    }

    private func pageAtWork(for fault: InjectedFault) throws(InjectionRefusal) -> RuntimePage {
        guard let page = workingRuntime.flatMap({ pages[$0] }) ?? page else {
            throw .noTarget(fault, browser, detail: "it has no page")
        }
        return page
    }

    /// The browser as Chrome, for what only its protocol can do.
    private func chrome(
        _ running: any DrivenBrowser, for fault: InjectedFault
    ) throws(InjectionRefusal) -> Chrome {
        guard let chrome = running as? Chrome else {
            throw .noTarget(fault, browser, detail: "\(running.product) offers no way to do that")
        }
        return chrome
    }

    /// The page's session, for what only Chrome's protocol can do.
    private func session(
        of page: RuntimePage, for fault: InjectedFault
    ) throws(InjectionRefusal) -> PageSession {
        guard let session = page.session as? PageSession else {
            throw .noTarget(fault, browser, detail: "its protocol offers no way to do that")
        }
        return session
    }

    private func process(_ victim: FaultAct.Victim, of running: any DrivenBrowser) async -> Int32? {
        let patience = surroundings.configuration.probeDeadline
        switch victim {
        case .browser: return running.pid
        case .gpu: return try? await running.gpuProcessID(deadline: patience)
        case .renderer:
            let processes = try? await running.processes(deadline: patience)
            return processes?.filter { $0.kind == .renderer }.max { $0.cpuTime < $1.cpuTime }?.pid
        }
    }

    /// The page's WebGPU devices, as an array of the page; at least one.
    private func devices(
        in page: RuntimePage, for fault: InjectedFault
    ) async throws(InjectionRefusal) -> String {
        let patience = surroundings.configuration.probeDeadline
        let session = try session(of: page, for: fault)
        do {
            let prototype = try await session.call(
                CDP.Runtime.Evaluate(
                    expression: "GPUDevice.prototype", awaitPromise: false, returnByValue: false),
                deadline: patience)
            guard let id = prototype.objectId else { throw HealingFailure.noAdapter }
            let found = try await session.call(
                CDP.Runtime.QueryObjects(prototypeObjectId: id), deadline: patience
            ).objects.objectId
            let count = try await session.call(
                CDP.Runtime.CallFunctionOn(
                    functionDeclaration: "function () { return this.length; }", objectId: found),
                deadline: patience)
            if try count.value?.decode(Int.self) ?? 0 > 0 { return found }
        } catch {
            throw .noTarget(fault, browser, detail: "\(error)")
        }
        throw .noTarget(fault, browser, detail: "its page has no GPU device yet")
    }
}

extension InjectionRefusal {
    static func gone(_ fault: InjectedFault, _ browser: BrowserID) -> InjectionRefusal {
        .noTarget(fault, browser, detail: "it is not up")
    }
}
