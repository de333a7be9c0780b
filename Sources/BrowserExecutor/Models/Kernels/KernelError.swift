/// Why a folder of kernels cannot be run.
public enum KernelError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(path: String)
    /// A file holds something else than it should.
    case malformed(path: String, reason: String)
    /// A field of the manifest, by its path such as `steps[1].workgroups`; the value is nil when it is missing.
    case field(file: String, path: String, value: String?, allowed: String)

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read"
        case .malformed(let path, let reason): "\(path) cannot be used: \(reason)"
        case .field(let file, let path, nil, let allowed): "\(file): \(path) is missing; give \(allowed)"
        case .field(let file, let path, let value?, let allowed):
            "\(file): \(path) is \(value); allowed is \(allowed)"
        }
    }
}
