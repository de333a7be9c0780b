import Pool

extension DataSetResult {
    /// The result of an item: its outputs, or how far they are from what is expected, of which they are not repeated.
    ///
    /// - Throws: `PageFault` when an output is not what its dimensions say, `RunRefusal` when it is not the expected.
    init(
        checking outputs: [PageAnswer.TensorOutputs], of set: DataSet, _ tolerance: Tolerance,
        nodes: [String: Int]? = nil
    ) throws {
        let encoded = outputs.first?.tensors ?? []
        let tensors = encoded.compactMap(\.tensor)
        guard tensors.count == encoded.count else {
            throw PageFault(
                kind: "output_invalid", message: "\(set.name): an output is not as long as its shape says")
        }
        var difference: Double?
        if let expected = set.expected {
            do {
                difference = try tolerance.check(tensors, against: expected)
            } catch {
                throw RunRefusal(failure: .outputMismatch, detail: "\(set.name): \(error)")
            }
        }
        self.init(
            dataset: set.name, matched: difference.map { _ in true }, maxAbsDiff: difference, nodes: nodes,
            outputs: difference == nil ? tensors : nil)
    }
}
