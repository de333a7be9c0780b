/// What the in-page runtime answers; `Resources/runtimes/README.md` is the contract.
enum PageAnswer {
    struct Probe: Decodable, Sendable {
        var runtime: Runtime
        var adapter: AdapterInfo
        var crossOriginIsolated: Bool
        var userAgent: String
    }

    struct Runtime: Decodable, Sendable {
        var name: String
        var contract: Int
    }

    struct AdapterInfo: Decodable, Sendable {
        var vendor: String
        var architecture: String
        var device: String
        var description: String
        var isFallbackAdapter: Bool
        var features: [String]?
        var limits: [String: Double]?
    }

    struct Load: Decodable, Sendable {
        var cold: Bool
        var loadMs: Double
        /// Part of `loadMs`.
        var compileMs: Double
        /// Bytes of the model's files that came through the pipe and not from the browser's cache.
        var fetchedBytes: Int
        var adapter: AdapterInfo

        enum CodingKeys: String, CodingKey {
            case cold, adapter
            case loadMs = "load_ms"
            case compileMs = "compile_ms"
            case fetchedBytes = "fetched_bytes"
        }
    }

    struct Inputs: Decodable, Sendable {
        var cold: Bool
    }

    struct Run: Decodable, Sendable {
        var cold: Bool
    }

    struct Classification: Decodable, Sendable {
        var label: String
        var score: Double
    }

    struct Embedding: Decodable, Sendable {
        var embedding: [Double]
    }
}

/// A failure that the in-page runtime reports.
struct PageFault: Error, Decodable, Sendable, CustomStringConvertible {
    /// One of the kinds of the contract.
    var kind: String
    var message: String
    var reason: String?
    var details: Details?

    /// The facts that decide what a fault means.
    struct Details: Decodable, Sendable {
        /// The adapter's limit that a model exceeds.
        var limit: String?
    }

    var description: String { "\(kind): \(message)" + (reason.map { " (\($0))" } ?? "") }
}
