import BrowserExecutor

/// Shows how far a fetch is: a line that changes on a terminal, else a line for each quarter.
final class FetchLine {
    private let name: String
    private let isLive = Terminal.isLive
    private var isShown = false
    private var quarter = -1

    /// - Parameter name: What is fetched.
    init(of name: String) { self.name = name }

    func show(_ progress: FetchProgress) {
        switch progress {
        case .waiting: note("another process fetches \(name); waiting for it")
        case .continuing(let bytes): note("continuing \(name) after \(Format.bytes(UInt64(bytes)))")
        case .anew(let reason): note("fetching \(name) from its beginning: \(reason)")
        case .fetched(let bytes, let total):
            let line = "fetching \(name)  \(Format.bytes(UInt64(bytes)))" + share(bytes, of: total)
            if isLive {
                Terminal.show(line)
                isShown = true
            } else if let total, total > 0, bytes * 4 / total > quarter {
                quarter = bytes * 4 / total
                Terminal.note("weir: \(line)")
            }
        }
    }

    private func share(_ bytes: Int, of total: Int?) -> String {
        guard let total, total > 0 else { return "" }
        return " of \(Format.bytes(UInt64(total))) (\(bytes * 100 / total) %)"
    }

    /// Takes the line away.
    func end() {
        if isShown { Terminal.clearShown() }
        isShown = false
    }

    private func note(_ text: String) {
        end()
        Terminal.note("weir: \(text)")
    }
}
