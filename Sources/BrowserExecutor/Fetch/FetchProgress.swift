/// What happens while a file is fetched.
public enum FetchProgress: Sendable, Equatable {
    /// Another process fetches the same; it is waited for.
    case waiting
    /// So many bytes are there already, from an attempt that was broken off.
    case continuing(at: Int)
    /// What was there is of no use.
    case anew(reason: String)
    /// So many bytes are there, of so many in all if the server says how many.
    case fetched(bytes: Int, total: Int?)

    /// Reads a line of `Resources/fetch/fetch-wheel.py`; nil for one that tells something else.
    init?(line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "waiting": self = .waiting
        case "continuing":
            guard let bytes = Int(rest) else { return nil }
            self = .continuing(at: bytes)
        case "anew": self = .anew(reason: rest)
        case "fetched":
            let numbers = rest.split(separator: " ").map { Int($0) }
            guard numbers.count == 2, let bytes = numbers[0] else { return nil }
            self = .fetched(bytes: bytes, total: numbers[1])
        default: return nil
        }
    }
}
