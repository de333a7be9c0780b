import Foundation

/// What is known of the cases of a suite that do not pass: which, on which backend, how they end, and why.
public struct SuiteExpectations: Sendable, Equatable, Codable {
    public var entries: [Entry]

    /// Cases that go the same way for the same reason.
    public struct Entry: Sendable, Equatable, Codable {
        /// Names of cases, in which `*` stands for any characters. One without `/` is the name of a folder wherever it
        /// is in the tree, any other the path below the suite's root.
        public var cases: [String]
        /// Name of the backend.
        public var backend: String
        /// `failed` or `unsupported`.
        public var status: SuiteCaseResult.Status
        public var reason: String
        /// Whether the cases pass now and then, as those with random outputs do: then they are never stale.
        public var mayPass: Bool

        public init(
            cases: [String], backend: String, status: SuiteCaseResult.Status, reason: String,
            mayPass: Bool = false
        ) {
            self.cases = cases
            self.backend = backend
            self.status = status
            self.reason = reason
            self.mayPass = mayPass
        }
    }

    public init(entries: [Entry] = []) {
        self.entries = entries
    }

    /// What is known of a case: the first entry that gives its name in full, else the first that matches it.
    public func entry(for name: String, backend: String) -> Entry? {
        let candidates = entries.filter { $0.backend == backend }
        let forms = [name, String(name.split(separator: "/").last ?? "")]
        return candidates.first { $0.cases.contains { forms.contains($0) } }
            ?? candidates.first { entry in
                entry.cases.contains { pattern in
                    Self.matches(pattern.contains("/") ? forms[0] : forms[1], pattern)
                }
            }
    }

    /// How a case went, compared with what is known of it.
    public enum Verdict: Sendable, Equatable {
        /// It passed, and nothing else is known of it.
        case passed
        /// It went as is known, for this reason.
        case known(reason: String)
        /// It did not pass, and that is not known.
        case unexpected
        /// It passed although it is known not to.
        case stale(Entry)
    }

    public func verdict(on result: SuiteCaseResult, backend: String) -> Verdict {
        let entry = entry(for: result.name, backend: backend)
        guard let entry else { return result.status == .passed ? .passed : .unexpected }
        if result.status == .passed { return entry.mayPass ? .passed : .stale(entry) }
        return entry.status == result.status ? .known(reason: entry.reason) : .unexpected
    }

    /// Whether a name is of a pattern in which `*` stands for any characters.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return name == pattern }
        guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else {
            return false
        }
        // Taking each part at its first place leaves most room to those after it.
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}

extension SuiteExpectations {
    /// The lists that come with Weir: paths of their files by name.
    public static var shipped: [String: String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: Resources.suites)) ?? []
        return Dictionary(
            uniqueKeysWithValues: folders.map { ($0, "\(Resources.suites)/\($0)/expectations.json") })
    }
}
