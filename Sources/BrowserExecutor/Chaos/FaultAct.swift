import Foundation
import Pool

/// How a fault is done to Chrome.
enum FaultAct: Equatable, Sendable {
    /// A signal to one of its processes.
    case signal(Int32, Victim)
    /// Our end of the pipe that it reads from is closed.
    case closePipe
    /// A call of its protocol that does it.
    case call(Call)
    /// A script in the page.
    case evaluate(String)
    /// A function whose `this` is an array of the page's WebGPU devices, those of its runtime included.
    case onDevices(String)

    /// A process of a browser.
    enum Victim: Sendable {
        case browser
        /// The renderer that has used most processor time: with work under way that is the one which does it.
        case renderer
        case gpu

        var words: String {
            switch self {
            case .browser: "the browser process"
            case .renderer: "the renderer process"
            case .gpu: "the GPU process"
            }
        }
    }

    enum Call: String, Sendable {
        case crashBrowser = "Browser.crash"
        case crashPage = "Page.crash"
        case closeTarget = "Target.closeTarget"
        case navigate = "Page.navigate"
    }

    /// The method of the protocol that does it; empty for a signal and the pipe.
    var method: String {
        switch self {
        case .signal, .closePipe: ""
        case .call(let call): call.rawValue
        case .evaluate: "Runtime.evaluate"
        case .onDevices: "Runtime.callFunctionOn"
        }
    }

    /// What it does besides, in words.
    var words: String {
        switch self {
        case .signal(let signal, let victim): "\(Self.name(of: signal)) to \(victim.words)"
        case .closePipe: "our end of the pipe closed"
        case .call(.navigate): "\(method) to about:blank"
        case .call: method
        case .evaluate(let script), .onDevices(let script):
            "\(method) of \(script.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " "))"
        }
    }

    private static func name(of signal: Int32) -> String {
        switch signal {
        case SIGKILL: "SIGKILL"
        case SIGTERM: "SIGTERM"
        case SIGSTOP: "SIGSTOP"
        default: "signal \(signal)"
        }
    }
}

extension InjectedFault {
    /// How it is done to Chrome.
    var act: FaultAct {
        switch self {
        case .browserKilled: .signal(SIGKILL, .browser)
        case .browserTerminated: .signal(SIGTERM, .browser)
        case .browserCrashed: .call(.crashBrowser)
        case .browserStopped: .signal(SIGSTOP, .browser)
        case .pipeClosed: .closePipe
        case .rendererKilled: .signal(SIGKILL, .renderer)
        case .rendererCrashed: .call(.crashPage)
        case .rendererStopped: .signal(SIGSTOP, .renderer)
        case .heapExhausted: .evaluate(ChaosScripts.exhaustHeap)
        case .hugeArrayBuffer: .evaluate(ChaosScripts.allocateTooMuch)
        case .pageClosed: .call(.closeTarget)
        case .pageNavigated: .call(.navigate)
        case .scriptLooped: .evaluate(ChaosScripts.loop)
        case .gpuKilled: .signal(SIGKILL, .gpu)
        case .gpuStopped: .signal(SIGSTOP, .gpu)
        case .shaderLooped: .onDevices(ChaosScripts.loopShader)
        case .deviceDestroyed: .onDevices(ChaosScripts.destroyDevices)
        case .gpuFlooded: .evaluate(ChaosScripts.floodGPU)
        case .shaderInvalid: .onDevices(ChaosScripts.makeInvalidShader)
        }
    }

    /// How it is done to Chrome, in a few words.
    public var actInWords: String {
        switch act {
        case .signal, .closePipe, .call: act.words
        case .evaluate: "\(act.method): \(scriptInWords)"
        case .onDevices: "\(act.method) on its GPU devices: \(scriptInWords)"
        }
    }

    private var scriptInWords: String {
        switch self {
        case .heapExhausted: "arrays are kept until the heap is full"
        case .hugeArrayBuffer: "new ArrayBuffer(2 ** 53 - 1)"
        case .scriptLooped: "for (;;) ;"
        case .shaderLooped: "a dispatch that never ends"
        case .deviceDestroyed: "destroy()"
        case .gpuFlooded: "buffers are filled, \(ChaosScripts.floodMiB) MiB at most"
        case .shaderInvalid: "a pipeline of WGSL that is none"
        default: ""
        }
    }

    /// What is seen of a browser that suffers it; empty when nothing is, as the browser goes on.
    public var expectedEvidence: [Evidence] {
        switch self {
        case .browserKilled, .browserTerminated, .browserCrashed, .pipeClosed: [.processExited]
        case .browserStopped: [.heartbeatMissed]
        case .rendererKilled: [.rendererKilled]
        case .rendererCrashed, .pageClosed, .pageNavigated: [.rendererCrashed]
        case .rendererStopped, .scriptLooped: [.scriptHung]
        case .heapExhausted: [.rendererCrashed, .pageOutOfMemory]
        case .gpuKilled: [.gpuProcessLost]
        case .gpuStopped, .shaderLooped: [.shaderHung]
        case .deviceDestroyed: [.deviceLost]
        case .gpuFlooded: [.pageOutOfMemory]
        case .hugeArrayBuffer, .shaderInvalid: []
        }
    }
}
