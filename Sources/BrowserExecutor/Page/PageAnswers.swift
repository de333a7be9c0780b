/// What the in-page runtime answers; `Resources/runtimes/README.md` is the contract.
enum PageAnswer {
    struct Probe: Decodable, Sendable {
        var runtime: Runtime
        /// None where the browser offers no WebGPU.
        var adapter: AdapterInfo?
        var backends: [BackendAnswer]
        var crossOriginIsolated: Bool
        var userAgent: String
    }

    /// What the browser says of one backend.
    struct BackendAnswer: Decodable, Sendable {
        var backend: String
        var refusal: String?
        var reason: String?
        var simulated: Bool
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
        /// The variant of the kernels.
        var variant: String

        enum CodingKeys: String, CodingKey {
            case cold, adapter, variant
            case loadMs = "load_ms"
            case compileMs = "compile_ms"
            case fetchedBytes = "fetched_bytes"
        }
    }

    struct Canary: Decodable, Sendable {
        var canaryMs: Double
        /// Whether the result was the known one.
        var isRight: Bool

        enum CodingKeys: String, CodingKey {
            case canaryMs = "canary_ms"
            case isRight = "is_right"
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

    struct Probability: Decodable, Sendable {
        var probability: Double
    }

    struct TextRegions: Decodable, Sendable {
        var boxes: [Box]

        struct Box: Decodable, Sendable {
            /// Four corners [x, y] in pixels of the image.
            var quadrilateral: [[Double]]
            var score: Double
        }
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
        /// Compute nodes by the backend that would have run them.
        var nodes: [String: Int]?
    }

    var description: String { "\(kind): \(message)" + (reason.map { " (\($0))" } ?? "") }
}
