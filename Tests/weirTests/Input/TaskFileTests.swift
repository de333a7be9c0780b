import Foundation
import Pool
import Testing

@testable import weir

@Suite struct TaskFileTests {
    /// What reading this text as a task file is answered with; nil when it is taken.
    private func refusal(_ text: String) throws -> String? {
        try withFile(text) { path in
            do throws(UsageError) {
                _ = try TaskFile(path: path)
                return nil
            } catch {
                #expect(error.description.hasPrefix(path), "the message begins with the file: \(error)")
                #expect(error.exitCode == ExitStatus.usage)
                return error.description
            }
        }
    }

    /// The task configuration of the first asker, as JSON.
    static let seed = """
        {
            "resource_pool": true,
            "model_type": "text_embedding",
            "model_name": "bert-base-uncased",
            "hardware_preferences": {"priority_list": ["webgpu", "cpu"]},
            "fault_tolerance": {
                "recovery_timeout": 30, "state_persistence": true, "failover_strategy": "immediate"
            }
        }
        """

    @Test("the first asker's task configuration is read as it is")
    func seed() throws {
        let file = try withFile(Self.seed) { path in try TaskFile(path: path) }
        #expect(file.modelName == "bert-base-uncased")
        #expect(file.family == .textEmbedding)
        #expect(file.backends == [.webgpu, .cpu])
        #expect(file.recoveryTimeoutMs == 30_000)
        #expect(file.statePersistence == true)
        #expect(file.failoverStrategy == .immediate)
        var spec = TaskSpec()
        file.apply(to: &spec)
        #expect(spec.backends == [.webgpu, .cpu])
        #expect(spec.recoveryTimeoutMs == 30_000)
        #expect(spec.failoverStrategy == .immediate)
    }

    @Test("a task may allow its first backend alone")
    func strict() throws {
        let json = """
            {"model_name": "digits", "hardware_preferences": {"priority_list": ["webgpu"], "strict_backend": true}}
            """
        var spec = TaskSpec()
        try withFile(json) { path in try TaskFile(path: path) }.apply(to: &spec)
        #expect(spec.strictBackend)
    }

    @Test("a task file needs nothing but the model")
    func minimal() throws {
        let file = try withFile(#"{"model_name": "digits"}"#) { path in try TaskFile(path: path) }
        var spec = TaskSpec(backends: [.webgpu], priority: 7)
        file.apply(to: &spec)
        #expect(spec == TaskSpec(backends: [.webgpu], priority: 7))
    }

    @Test("priority and deadline are taken over")
    func ownFields() throws {
        let text = #"{"model_name": "digits", "priority": 5, "deadline": 1.5}"#
        let file = try withFile(text) { path in try TaskFile(path: path) }
        var spec = TaskSpec()
        file.apply(to: &spec)
        #expect(spec.priority == 5)
        #expect(spec.deadlineMs == 1500)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var json: String
        /// Path of the field, its value, and what is allowed.
        var said: [String]
        var testDescription: String { json }
    }

    static let cases: [Case] = [
        Case(json: "{}", said: ["model_name is missing", "the name of a model"]),
        Case(json: #"{"model_name": ""}"#, said: [#"model_name is """#, "the name of a model"]),
        Case(json: #"{"model_name": 7}"#, said: ["model_name is 7", "the name of a model"]),
        Case(json: #"{"model_name": null}"#, said: ["model_name is null", "the name of a model"]),
        Case(
            json: #"{"model_name": "digits", "model_type": "video"}"#,
            said: [#"model_type is "video""#, "text_embedding, vision, audio"]),
        Case(
            json: #"{"model_name": "digits", "model_type": true}"#,
            said: ["model_type is true", "text_embedding, vision, audio"]),
        Case(
            json: #"{"model_name": "digits", "resource_pool": false}"#,
            said: ["resource_pool is false", "allowed is true"]),
        Case(
            json: #"{"model_name": "digits", "resource_pool": 1}"#,
            said: ["resource_pool is 1", "true or false"]),
        Case(
            json: #"{"model_name": "digits", "modle_type": "vision"}"#,
            said: [#"modle_type is "vision""#, "known are resource_pool, model_type, model_name"]),
        Case(
            json: #"{"model_name": "digits", "hardware_preferences": ["webgpu"]}"#,
            said: [#"hardware_preferences is ["webgpu"]"#, "an object"]),
        Case(
            json: #"{"model_name": "digits", "hardware_preferences": {"priority_list": "webgpu"}}"#,
            said: [#"hardware_preferences.priority_list is "webgpu""#, "a list of webgpu, webnn, cpu"]),
        Case(
            json: #"{"model_name": "digits", "hardware_preferences": {"priority_list": []}}"#,
            said: ["hardware_preferences.priority_list is []", "a list of webgpu, webnn, cpu"]),
        Case(
            json: #"{"model_name": "digits", "hardware_preferences": {"priority_list": ["webgpu", "tpu"]}}"#,
            said: [#"hardware_preferences.priority_list[1] is "tpu""#, "webgpu, webnn, cpu"]),
        Case(
            json: #"{"model_name": "digits", "hardware_preferences": {"priority_list": ["webgpu", 3]}}"#,
            said: [#"hardware_preferences.priority_list[1] is 3"#, "webgpu, webnn, cpu"]),
        Case(
            json: #"{"model_name": "digits", "hardware_preferences": {"order": []}}"#,
            said: ["hardware_preferences.order is []", "known are priority_list"]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": 4}"#,
            said: ["fault_tolerance is 4", "an object"]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": {"recovery_timeout": -1}}"#,
            said: ["fault_tolerance.recovery_timeout is -1", "above 0 and up to 86400"]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": {"recovery_timeout": 0}}"#,
            said: ["fault_tolerance.recovery_timeout is 0", "above 0 and up to 86400"]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": {"recovery_timeout": 1e300}}"#,
            said: ["fault_tolerance.recovery_timeout is 1e+300", "above 0 and up to 86400"]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": {"recovery_timeout": "30"}}"#,
            said: [#"fault_tolerance.recovery_timeout is "30""#, "above 0 and up to 86400"]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": {"state_persistence": "yes"}}"#,
            said: [#"fault_tolerance.state_persistence is "yes""#, "true or false"]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": {"failover_strategy": "magic"}}"#,
            said: [
                #"fault_tolerance.failover_strategy is "magic""#, "immediate", "progressive", "coordinated",
                "parallel",
            ]),
        Case(
            json: #"{"model_name": "digits", "fault_tolerance": {"failover_strategy": 1}}"#,
            said: ["fault_tolerance.failover_strategy is 1", "immediate"]),
        Case(json: #"{"model_name": "digits", "priority": -1}"#, said: ["priority is -1", "from 0 to 1000"]),
        Case(
            json: #"{"model_name": "digits", "priority": 1.5}"#, said: ["priority is 1.5", "from 0 to 1000"]),
        Case(
            json: #"{"model_name": "digits", "deadline": 86401}"#, said: ["deadline is 86401", "up to 86400"]),
        Case(
            json: #"{"model_name": "digits", "deadline": 1e999}"#,
            said: ["a number above 1.8e308"]),
        Case(json: #"{"model_name": "digits""#, said: ["is not valid JSON"]),
        Case(json: #"{"model_name": "dig"#, said: ["is not valid JSON"]),
        Case(json: "", said: ["is empty", "a JSON object"]),
        Case(json: "[1, 2]", said: ["holds [1, 2]", "a JSON object is needed"]),
        Case(json: #""digits""#, said: [#"holds "digits""#, "a JSON object is needed"]),
        Case(json: "null", said: ["holds null", "a JSON object is needed"]),
        Case(json: "{\"model_name\": \"di\u{1}\"}", said: ["is not valid JSON"]),
        Case(json: "model_name: digits", said: ["is not valid JSON"]),
    ]

    @Test("what is wrong is named with its path, its value and what is allowed", arguments: cases)
    func refusals(_ one: Case) throws {
        let message = try #require(try refusal(one.json), "it was taken")
        for part in one.said { #expect(message.contains(part), "\(message)") }
        #expect(!message.contains("Error("), "no type of the program shows: \(message)")
    }

    @Test("every strategy can be asked for by its name", arguments: RecoveryStrategy.allCases)
    func strategies(_ strategy: RecoveryStrategy) throws {
        let json =
            #"{"model_name": "digits", "fault_tolerance": {"failover_strategy": "\#(strategy.name)"}}"#
        var spec = TaskSpec()
        try withFile(json) { path in try TaskFile(path: path) }.apply(to: &spec)
        #expect(spec.failoverStrategy == strategy)
    }

    @Test("a folder or a missing file is no task file")
    func notAFile() throws {
        for path in [NSTemporaryDirectory(), "/nonexistent/task.json"] {
            let error = #expect(throws: UsageError.self) { try TaskFile(path: path) }
            #expect(error?.description.hasPrefix(path) == true)
            #expect(error?.description.contains("JSON file") == true)
        }
        let folder = #expect(throws: UsageError.self) { try TaskFile(path: NSTemporaryDirectory()) }
        #expect(folder?.description.contains("is a folder") == true)
    }

    @Test("a long value is shortened in the message")
    func longValue() throws {
        let long = String(repeating: "x", count: 10_000)
        let message = try #require(try refusal(#"{"model_name": "digits", "model_type": "\#(long)"}"#))
        #expect(message.count < 400)
    }

    @Test("features, limits, memory and affinity become the task's")
    func requirements() throws {
        let text = """
            {"model_name": "digits", "affinity": "nightly",
             "hardware_preferences": {"required_features": ["shader-f16"], "memory_mb": 200,
                                      "required_limits": {"maxBufferSize": 1073741824}}}
            """
        var spec = TaskSpec()
        try withFile(text) { path in try TaskFile(path: path).apply(to: &spec) }
        #expect(spec.requiredFeatures == ["shader-f16"])
        #expect(spec.requiredLimits == [AdapterLimit(name: "maxBufferSize", value: 1 << 30)])
        #expect(spec.memoryBytes == 200 << 20)
        #expect(spec.affinity == "nightly")
    }
}
