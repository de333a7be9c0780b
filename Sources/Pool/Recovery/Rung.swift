/// A step of recovery.
public enum Rung: UInt32, WireEnum {
    /// Go on on another browser, or the first that becomes ready.
    case failOver = 1
    /// End the script that hangs in the page.
    case endScript = 2
    /// Load the page anew, which also revives a renderer that crashed.
    case reloadPage = 3
    /// Open another page in place of the failed one.
    case freshPage = 4
    /// End the GPU process and await the adapter of the next one.
    case restartGPU = 5
    /// End the browser process and start another.
    case restartBrowser = 6
    /// Go on with the next backend of the task's list.
    case changeBackend = 7

    public var name: StaticString {
        switch self {
        case .failOver: "fail_over"
        case .endScript: "end_script"
        case .reloadPage: "reload_page"
        case .freshPage: "fresh_page"
        case .restartGPU: "restart_gpu"
        case .restartBrowser: "restart_browser"
        case .changeBackend: "change_backend"
        }
    }
}
