import Foundation

/// Checks what a page gave for a batch: an output that fails is a failure, never a number (EXEC-5). The page has
/// checked what it computed; here is checked what arrived.
struct OutputCheck {
    let kind: ModelManifest.Output.Kind

    /// How far the length of an embedding may be from 1.
    private static let lengthTolerance = 1e-3

    /// - Parameter outputs: a JSON array.
    func check(_ outputs: [UInt8], of items: Range<UInt64>) throws(PageFault) {
        let unsound: String?
        do {
            switch kind {
            case .classification: unsound = try Self.classifications(outputs, items.count)
            case .embedding: unsound = try Self.embeddings(outputs, items.count)
            case .probability: unsound = try Self.probabilities(outputs, items.count)
            case .textRegions: unsound = try Self.textRegions(outputs, items.count)
            }
        } catch {
            unsound = "are malformed: \(error)"
        }
        if let unsound {
            throw PageFault(kind: "output_invalid", message: "the outputs of items \(items) \(unsound)")
        }
    }

    private static func classifications(_ json: [UInt8], _ count: Int) throws -> String? {
        let outputs = try JSONDecoder().decode([PageAnswer.Classification].self, from: Data(json))
        guard outputs.count == count else { return "are \(outputs.count)" }
        return outputs.allSatisfy { (0...1).contains($0.score) } ? nil : "have a score outside 0 to 1"
    }

    private static func embeddings(_ json: [UInt8], _ count: Int) throws -> String? {
        let outputs = try JSONDecoder().decode([PageAnswer.Embedding].self, from: Data(json))
        guard outputs.count == count else { return "are \(outputs.count)" }
        let areUnit = outputs.allSatisfy { output in
            abs(output.embedding.reduce(0) { $0 + $1 * $1 }.squareRoot() - 1) <= lengthTolerance
        }
        return areUnit ? nil : "have an embedding whose length is not 1"
    }

    private static func probabilities(_ json: [UInt8], _ count: Int) throws -> String? {
        let outputs = try JSONDecoder().decode([PageAnswer.Probability].self, from: Data(json))
        guard outputs.count == count else { return "are \(outputs.count)" }
        return outputs.allSatisfy { (0...1).contains($0.probability) }
            ? nil : "have a probability outside 0 to 1"
    }

    private static func textRegions(_ json: [UInt8], _ count: Int) throws -> String? {
        let outputs = try JSONDecoder().decode([PageAnswer.TextRegions].self, from: Data(json))
        guard outputs.count == count else { return "are \(outputs.count)" }
        let boxes = outputs.flatMap(\.boxes)
        guard boxes.allSatisfy({ (0...1).contains($0.score) }) else { return "have a score outside 0 to 1" }
        let areQuadrilaterals = boxes.allSatisfy { box in
            box.quadrilateral.count == 4
                && box.quadrilateral.allSatisfy { $0.count == 2 && $0.allSatisfy { $0 >= 0 } }
        }
        return areQuadrilaterals ? nil : "have a box without four corners in the image"
    }
}
