import Foundation
import OnnxFixture
import Pool
import Testing

@testable import BrowserExecutor

@Suite("A suite of ONNX models") struct SuiteTests {
    private func tree() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["b/second", "a", "b/first"] {
            try OnnxFixture.write(
                "Relu", inputs: [([1], [1])], output: ([1], [1]), to: folder.path + "/" + name)
        }
        try folder.write("not part of it", to: "notes/readme.txt")
        return folder
    }

    @Test("lists its cases by name, each with a digest of every file, and notices which has changed")
    func cases() throws {
        let folder = try tree()
        let suite = try OnnxSuite(root: folder.path, tolerance: Tolerance())
        #expect(suite.cases.map(\.name) == ["a", "b/first", "b/second"])
        let files = ["model.onnx", "test_data_set_0/input_0.pb", "test_data_set_0/output_0.pb"]
        #expect(suite.cases.allSatisfy { $0.files.map(\.path) == files })
        #expect(suite.cases.allSatisfy { suite.changedFile(of: $0) == nil })
        try folder.write("another", to: "b/first/test_data_set_0/output_0.pb")
        #expect(
            suite.changedFile(of: suite.cases[1]) == folder.path + "/b/first/test_data_set_0/output_0.pb")
        try FileManager.default.removeItem(atPath: folder.path + "/a/model.onnx")
        #expect(suite.changedFile(of: suite.cases[0]) == folder.path + "/a/model.onnx")
    }

    @Test("may be one folder, and is none where there is no model or no folder")
    func roots() throws {
        let folder = try tree()
        let one = try OnnxSuite(root: folder.path + "/a", tolerance: Tolerance())
        #expect(one.cases.map(\.name) == ["."])
        #expect(one.changedFile(of: one.cases[0]) == nil)
        #expect(try OnnxSuite(root: folder.path + "/notes", tolerance: Tolerance()).cases.isEmpty)
        #expect(throws: OnnxError.unreadable(path: folder.path + "/none")) {
            try OnnxSuite(root: folder.path + "/none", tolerance: Tolerance())
        }
    }

    @Test("comes out of a task's inputs as it went in, and is not taken for data sets, nor they for it")
    func payload() throws {
        let folder = try tree()
        let known = SuiteExpectations(entries: [
            .init(cases: ["b/*"], backend: "cpu", status: .failed, reason: "so")
        ])
        let suite = try OnnxSuite(root: folder.path, tolerance: Tolerance(), expectations: known)
        let bytes = try suite.encoded()
        #expect(OnnxSuite.isSuite(bytes))
        #expect(try OnnxSuite(encoded: bytes) == suite)
        #expect(throws: (any Error).self) { try DataSetFile(encoded: bytes) }
        let sets = try OnnxModel(path: folder.path + "/a").dataSets()
        #expect(!OnnxSuite.isSuite(try DataSetFile(dataSets: sets, tolerance: Tolerance()).encoded()))
    }

    @Test("has results that are read as they were written, also where a difference is no number")
    func results() throws {
        let differences: [Double?] = [nil, 0, 0.25, .infinity]
        for difference in differences {
            var result = SuiteCaseResult(name: "a \"b\"", status: .failed)
            (result.operators, result.detail, result.maxAbsDiff) = (["Add", "Relu"], "why\nnot", difference)
            (result.nodes, result.ms) = (["cpu": 1, "webgpu": 2], 1.25)
            #expect(try JSONDecoder().decode(SuiteCaseResult.self, from: Data(result.json.utf8)) == result)
        }
    }
}

@Suite("What is known of a suite") struct SuiteExpectationsTests {
    private let known = SuiteExpectations(entries: [
        .init(cases: ["test_det_*", "node/test_a"], backend: "webgpu", status: .unsupported, reason: "glob"),
        .init(cases: ["test_det_2d"], backend: "webgpu", status: .failed, reason: "exact"),
        .init(cases: ["node/*_x"], backend: "cpu", status: .failed, reason: "path"),
        .init(cases: ["random"], backend: "webgpu", status: .failed, reason: "chance", mayPass: true),
    ])

    @Test(
        "is found by name, wherever the folder is; a full name goes before a pattern; each backend has its own"
    )
    func entries() {
        func reason(_ name: String, _ backend: String = "webgpu") -> String? {
            known.entry(for: name, backend: backend)?.reason
        }
        #expect(reason("node/test_det_nd") == "glob")
        #expect(reason("test_det_nd") == "glob")
        #expect(reason("node/test_det_2d") == "exact")
        #expect(reason("node/test_a") == "glob")
        #expect(reason("simple/test_a") == nil)
        #expect(reason("node/b_x", "cpu") == "path")
        #expect(reason("simple/b_x", "cpu") == nil)
        #expect(reason("node/test_det_nd", "cpu") == nil)
    }

    @Test("makes a failure known, another status unexpected, and a case that passes stale")
    func verdicts() {
        func verdict(_ status: SuiteCaseResult.Status, _ name: String) -> SuiteExpectations.Verdict {
            known.verdict(on: SuiteCaseResult(name: name, status: status), backend: "webgpu")
        }
        #expect(verdict(.passed, "other") == .passed)
        #expect(verdict(.failed, "other") == .unexpected)
        #expect(verdict(.unsupported, "test_det_nd") == .known(reason: "glob"))
        #expect(verdict(.failed, "test_det_nd") == .unexpected)
        #expect(verdict(.passed, "test_det_nd") == .stale(known.entries[0]))
        #expect(verdict(.passed, "random") == .passed)
        #expect(verdict(.failed, "random") == .known(reason: "chance"))
    }

    static let patterns: [(name: String, pattern: String, matches: Bool)] = [
        ("abc", "abc", true), ("abc", "ab", false), ("abc", "*", true), ("abc", "a*", true),
        ("abc", "*c", true),
        ("abc", "a*c", true), ("ac", "a*c", true), ("aXbYc", "a*b*c", true), ("aXYc", "a*b*c", false),
        ("aba", "ab*ba", false), ("", "*", true), ("abab", "*ab", true), ("abcbc", "a*bc", true),
    ]

    @Test("may be patterns, in which a star stands for any characters", arguments: patterns)
    func stars(_ name: String, _ pattern: String, _ matches: Bool) {
        #expect(SuiteExpectations.matches(name, pattern) == matches)
    }
}

@Suite("A case that takes browsers down") struct SuiteCasualtiesTests {
    private let id = SuiteCasualties.CaseID(task: TaskID(1), item: 7)

    @Test("is not run a third time, and what was seen of the browsers is told")
    func limit() {
        let casualties = SuiteCasualties()
        for browser: UInt64 in [10, 11] {
            #expect(casualties.begin(id, on: IncarnationID(browser)) == nil)
            casualties.browserFailed(IncarnationID(browser), "device lost on \(browser)")
            // Told twice of one browser, by its failure and by its close.
            casualties.browserFailed(IncarnationID(browser), "closed")
        }
        #expect(
            casualties.begin(id, on: IncarnationID(12)) == ["device lost on 10", "device lost on 11"])
        casualties.end(id, on: IncarnationID(12))
        #expect(casualties.begin(id, on: IncarnationID(12)) == nil)
    }

    @Test("is not blamed for what befell a browser after it, or for being stopped")
    func innocent() {
        let casualties = SuiteCasualties()
        for _ in 0..<3 {
            #expect(casualties.begin(id, on: IncarnationID(10)) == nil)
            casualties.leave(on: IncarnationID(10))
            casualties.browserFailed(IncarnationID(10), "later")
        }
        #expect(casualties.begin(id, on: IncarnationID(10)) == nil)
    }
}
