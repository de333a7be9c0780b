import BrowserExecutor
import Testing

@testable import weir

@Suite("A file of expectations") struct ExpectationsFileTests {
    @Test("that comes with Weir is read, and names each case of a backend once, with a reason")
    func shipped() throws {
        let path = try #require(SuiteExpectations.shipped["libonnx-testdata"])
        let known = try ExpectationsFile.read(path)
        for (backend, count) in [("webgpu", 548), ("cpu", 105)] {
            let cases = known.entries.filter { $0.backend == backend }.flatMap(\.cases)
            #expect(cases.count == count)
            #expect(Set(cases).count == count)
        }
        #expect(known.entries.allSatisfy { $0.reason.count > 20 && !$0.cases.isEmpty })
        // Those whose output is drawn by chance, and no others.
        let random = known.entries.filter(\.mayPass).flatMap(\.cases)
        #expect(random.allSatisfy { $0.contains("bernoulli") || $0.contains("dropout") })
    }

    static let malformed: [(json: String, said: String)] = [
        ("{}", "known is missing; give an array of objects"),
        (#"{"known": {}}"#, "known is an object; allowed is an array of objects"),
        (#"{"known": [1]}"#, "known[0] is 1; allowed is an array of objects"),
        (#"{"known": [{}]}"#, "known[0].cases is missing"),
        (#"{"known": [{"cases": []}]}"#, "known[0].cases is []; allowed is an array of names"),
        (#"{"known": [{"cases": [7]}]}"#, "known[0].cases[0] is 7"),
        (#"{"known": [{"cases": ["a"]}]}"#, "known[0].backend is missing; give webgpu or "),
        (
            #"{"known": [{"cases": ["a"], "backend": "tpu"}]}"#,
            #"known[0].backend is "tpu"; allowed are webgpu"#
        ),
        (
            #"{"known": [{"cases": ["a"], "backend": "cpu", "status": "passed"}]}"#,
            #"known[0].status is "passed"; allowed are failed, unsupported"#
        ),
        (
            #"{"known": [{"cases": ["a"], "backend": "cpu", "status": "failed"}]}"#,
            "known[0].reason is missing"
        ),
        (
            #"{"known": [{"cases": ["a"], "backend": "cpu", "status": "failed", "reason": ""}]}"#,
            #"known[0].reason is """#
        ),
        (
            #"{"known": [{"cases": ["a"], "backend": "cpu", "status": "failed", "reason": "x", "may_pass": 1}]}"#,
            "known[0].may_pass is 1; allowed is true or false"
        ),
        (#"{"known": [{"case": "a"}]}"#, #"known[0].case is "a", but no such field is known"#),
        (#"{"known": [], "more": 1}"#, "more is 1, but no such field is known"),
        (#"{"known": ["#, "not valid JSON"),
    ]

    @Test("that is wrong is refused, and where and what is allowed are named", arguments: malformed)
    func refused(_ json: String, _ said: String) throws {
        try withFile(json) { path in
            _ = #expect {
                try ExpectationsFile.read(path)
            } throws: { error in
                let words = (error as? UsageError)?.description ?? ""
                return words.hasPrefix(path) && words.contains(said)
            }
        }
    }
}
