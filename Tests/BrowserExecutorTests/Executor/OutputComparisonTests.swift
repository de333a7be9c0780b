import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

@Suite("The outputs of copies")
struct OutputComparisonTests {
    /// What two copies gave, each as a JSON array of outputs.
    private static func difference(
        _ left: String, _ right: String, absolute: Double = 0, relative: Double = 0
    ) throws -> OutputDifference {
        func outputs(_ text: String) throws -> [JSONValue] {
            guard case .array(let items) = try JSONValue(json: Data(text.utf8)) else { return [] }
            return items
        }
        return OutputComparison(absolute: absolute, relative: relative).difference(
            (TaskID(4), try outputs(left)), (TaskID(5), try outputs(right)))
    }

    @Test("agree within the tolerance, and how far apart they are is told nonetheless")
    func tolerance() throws {
        let (one, other) = (#"[{"score": 0.5}, {"score": 100}]"#, #"[{"score": 0.5}, {"score": 100.5}]"#)
        let near = try Self.difference(one, other, relative: 0.01)
        #expect(near.items == 0 && near.largestAbsolute == 0.5 && near.largestRelative < 0.005)
        let far = try Self.difference(one, other, absolute: 0.4)
        #expect(far.items == 1 && far.firstItem == 1)
        #expect(try Self.difference(one, other, absolute: 0.5).items == 0)
    }

    @Test(
        "differ where words, truth values, lengths or keys do, whatever the tolerance",
        arguments: [
            (#"[{"label": "7"}]"#, #"[{"label": "1"}]"#), ("[true]", "[false]"), ("[[1, 2]]", "[[1]]"),
            (#"[{"a": 1}]"#, #"[{"b": 1}]"#), ("[1]", #"["1"]"#), ("[null]", "[0]"),
        ])
    func form(left: String, right: String) throws {
        #expect(try Self.difference(left, right, absolute: 1e9, relative: 1).items == 1)
    }

    @Test("agree wherever they were computed: which backend ran how many nodes is no output")
    func incidental() throws {
        let outputs = (
            #"[{"outputs": [1], "nodes": {"webgpu": 3}}]"#, #"[{"outputs": [1], "nodes": {"cpu": 3}}]"#
        )
        #expect(try Self.difference(outputs.0, outputs.1).items == 0)
    }

    private static let compare = Effect.Compare(
        obligation: ObligationID(9), leader: TaskID(3), copies: [TaskID(4), TaskID(5)],
        spec: TaskSpec(itemsTotal: 2), absolute: 0, relative: 1e-3, deadline: .zero)

    private static func recorded(_ parts: [(first: UInt64, outputs: String)]) -> [RecordedOutputs] {
        parts.map { RecordedOutputs(firstItem: $0.first, itemCount: 1, outputs: Array($0.outputs.utf8)) }
    }

    @Test("are compared item by item, however they were recorded")
    func report() {
        let whole = RecordedOutputs(firstItem: 0, itemCount: 2, outputs: Array("[1, 2]".utf8))
        let outputs = [TaskID(4): [whole], TaskID(5): Self.recorded([(0, "[1]"), (1, "[3]")])]
        #expect(
            Self.compare.report(of: .success(outputs))
                == Report(
                    OutputsCompared(
                        obligation: ObligationID(9), leader: TaskID(3),
                        differences: [
                            OutputDifference(
                                left: TaskID(4), right: TaskID(5), items: 1, firstItem: 1,
                                largestAbsolute: 1, largestRelative: 1.0 / 3)
                        ])))
    }

    @Test("of which one is missing are not compared, and the report says which")
    func incomplete() {
        let outputs = [
            TaskID(4): Self.recorded([(0, "[1]"), (1, "[2]")]), TaskID(5): Self.recorded([(0, "[1]")]),
        ]
        #expect(
            Self.compare.report(of: .success(outputs))
                == Report(
                    ComparisonFailed(
                        obligation: ObligationID(9), leader: TaskID(3),
                        detail: "the log has no output of item 1 of task 5")))
    }
}
