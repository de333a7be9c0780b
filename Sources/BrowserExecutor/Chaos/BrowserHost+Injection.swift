import ChromePipe
import Foundation
import Pool
import PoolEngine

/// Faults that are done to a browser on purpose. What comes of them is seen and told as of any other.
extension BrowserHost {
    /// Finds out what a fault would be done to.
    func aim(_ fault: InjectedFault) async throws(InjectionRefusal) -> FaultInjected {
        guard phase == .usable || phase == .healing, let chrome, chrome.death == nil else {
            throw .gone(fault, browser)
        }
        let act = fault.act
        var injected = FaultInjected(
            fault: fault, browser: browser, incarnation: incarnation, method: act.method,
            detail: String(act.words.prefix(160)))
        switch act {
        case .signal(_, let victim):
            guard let pid = await process(victim, of: chrome) else {
                throw .noTarget(fault, browser, detail: "it has no such process, or does not answer")
            }
            injected.pid = UInt32(pid)
        case .closePipe, .call(.crashBrowser): break
        case .call, .evaluate: _ = try pageAtWork(for: fault)
        case .onDevices: _ = try await devices(in: pageAtWork(for: fault), for: fault)
        }
        return injected
    }

    /// Does what was aimed. What the browser says to it is of no interest: most of it is never answered.
    func inject(_ injected: FaultInjected) async throws(InjectionRefusal) {
        let fault = injected.fault
        guard let chrome, chrome.death == nil else { throw .gone(fault, browser) }
        let patience = surroundings.configuration.pageDeadline
        switch fault.act {
        case .signal(let signal, _):
            // All processes of a browser are in its group: no other is struck in the place of one that has ended.
            let pid = Int32(truncatingIfNeeded: injected.pid)
            guard getpgid(pid) == chrome.pid, kill(pid, signal) == 0 else {
                throw .noTarget(fault, browser, detail: "process \(injected.pid) has ended")
            }
        case .closePipe: chrome.closePipe()
        case .call(.crashBrowser): Task { try? await chrome.call(CDP.Browser.Crash(), deadline: patience) }
        case .call(let call):
            let page = try pageAtWork(for: fault)
            Task {
                switch call {
                case .crashPage: _ = try? await page.session.call(CDP.Page.Crash(), deadline: patience)
                case .closeTarget: try? await page.session.close(deadline: patience)
                case .navigate:
                    _ = try? await page.session.call(
                        CDP.Page.Navigate(url: "about:blank"), deadline: patience)
                case .crashBrowser: break
                }
            }
        case .evaluate(let script):
            let page = try pageAtWork(for: fault)
            Task { _ = try? await page.session.evaluate(script, deadline: patience) }
        case .onDevices(let function):
            let page = try pageAtWork(for: fault)
            let devices = try await devices(in: page, for: fault)
            let call = CDP.Runtime.CallFunctionOn(functionDeclaration: function, objectId: devices)
            Task { _ = try? await page.session.call(call, deadline: patience) }
        }
    }

    private func pageAtWork(for fault: InjectedFault) throws(InjectionRefusal) -> RuntimePage {
        guard let page = workingRuntime.flatMap({ pages[$0] }) ?? page else {
            throw .noTarget(fault, browser, detail: "it has no page")
        }
        return page
    }

    private func process(_ victim: FaultAct.Victim, of chrome: Chrome) async -> Int32? {
        let patience = surroundings.configuration.probeDeadline
        switch victim {
        case .browser: return chrome.pid
        case .gpu: return try? await chrome.gpuProcessID(deadline: patience)
        case .renderer:
            let processes = try? await chrome.processInfo(deadline: patience)
            return processes?.filter { $0.type == "renderer" }.max { $0.cpuTime < $1.cpuTime }?.id
        }
    }

    /// The page's WebGPU devices, as an array of the page; at least one.
    private func devices(
        in page: RuntimePage, for fault: InjectedFault
    ) async throws(InjectionRefusal) -> String {
        let patience = surroundings.configuration.probeDeadline
        do {
            let prototype = try await page.session.call(
                CDP.Runtime.Evaluate(
                    expression: "GPUDevice.prototype", awaitPromise: false, returnByValue: false),
                deadline: patience)
            guard let id = prototype.objectId else { throw HealingFailure.noAdapter }
            let found = try await page.session.call(
                CDP.Runtime.QueryObjects(prototypeObjectId: id), deadline: patience
            ).objects.objectId
            let count = try await page.session.call(
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
