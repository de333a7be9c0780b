import Pool

/// What came of one case of a suite, as it is recorded.
public struct SuiteCaseResult: Sendable, Equatable {
    /// The folder, below the suite's root.
    public var name: String
    /// Distinct operators of the model's nodes, in alphabetical order; none when the model could not be read.
    public var operators: [String] = []
    public var status: Status
    /// Why it has not passed.
    public var detail = ""
    /// The largest difference from an expected number, if numbers were compared.
    public var maxAbsDiff: Double?
    /// Compute nodes by the backend that the runtime gave them to.
    public var nodes: [String: Int] = [:]
    /// Time that the case took, loading included, in milliseconds.
    public var ms = 0.0

    public enum Status: String, Sendable, Codable, CaseIterable {
        case passed
        /// An output differs, or the runtime failed.
        case failed
        /// The runtime has no such operator, type or backend for the model, or its inputs cannot be handed over.
        case unsupported
    }

    public init(name: String, status: Status) {
        self.name = name
        self.status = status
    }

    public var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("case")
            writer.quoted(name)
            writer.key("operators")
            writer.raw("[" + operators.map(DataSetResult.quoted).joined(separator: ",") + "]")
            writer.key("status")
            writer.quoted(status.rawValue)
            writer.key("detail")
            writer.quoted(detail)
            writer.key("max_abs_diff")
            writer.raw(maxAbsDiff.map(DataSetResult.number) ?? "null")
            writer.key("nodes")
            writer.raw(DataSetResult.json(nodes))
            writer.key("ms")
            writer.raw("\((ms * 1000).rounded() / 1000)")
        }
        return writer.string
    }
}

extension SuiteCaseResult: Decodable {
    private enum CodingKeys: String, CodingKey {
        case operators, status, detail, nodes, ms
        case name = "case"
        case maxAbsDiff = "max_abs_diff"
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        name = try members.decode(String.self, forKey: .name)
        operators = try members.decode([String].self, forKey: .operators)
        status = try members.decode(Status.self, forKey: .status)
        detail = try members.decode(String.self, forKey: .detail)
        nodes = try members.decode([String: Int].self, forKey: .nodes)
        ms = try members.decode(Double.self, forKey: .ms)
        // What is no finite number is written as a word.
        if let word = try? members.decode(String.self, forKey: .maxAbsDiff) {
            maxAbsDiff = Double(word)
        } else {
            maxAbsDiff = try members.decodeIfPresent(Double.self, forKey: .maxAbsDiff)
        }
    }
}
