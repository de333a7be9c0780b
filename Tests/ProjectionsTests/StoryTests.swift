import Pool
import Testing

@testable import Projections

@Suite struct StoryTests {
    private func story(of key: EntityKey, in scenario: Scenario) -> Story {
        var index = EntityIndex()
        var story = Story(of: key)
        for event in scenario.events {
            index.apply(event)
            let (task, browser) = (index.current.task?.sequence, index.current.browser?.sequence)
            if (key.kind == .task ? task : browser) == key.id { story.take(event, about: index.current) }
        }
        return story
    }

    private func failedOver() -> (scenario: Scenario, task: TaskID, browser: BrowserID) {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit(items: 10)
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 2)
        scenario.progress(from: 2, count: 2)
        scenario.fail(browser)
        scenario.launch(pid: 101)
        scenario.beginRun()
        scenario.progress(from: 4, count: 6)
        return (scenario, task, browser)
    }

    @Test("the story of a task goes from its submission to its end, progress summed up")
    func task() throws {
        var (scenario, task, browser) = failedOver()
        let key = EntityKey(.task, task.sequence)
        #expect(story(of: key, in: scenario).ending == nil)
        #expect(
            scenario.state.sentence(about: key)
                == "task \(task) is running on browser \(browser), with 10 of 10 items done")
        scenario.completeRun()
        let story = story(of: key, in: scenario)
        #expect(story.ending == "succeeded")
        #expect(scenario.state.sentence(about: key) == nil)
        let sentences = story.entries.map(\.sentence)
        #expect(sentences.first == "task \(task) was submitted: 10 items for digits (vision), on webgpu")
        #expect(sentences.last == "task \(task) succeeded, with all 10 items done")
        let progress = story.entries.filter { $0.event.payload.name.description == "run_progressed" }
        #expect(progress.map(\.count) == [2, 1])
        #expect(
            progress.map(\.sentence) == [
                "items 0 to 3 of task \(task) had results, in 2 parts over 1.000 s",
                "items 4 to 9 of task \(task) had results",
            ])
        #expect(progress[0].last == progress[0].event.sequence + 1)
        #expect(sentences.contains { $0.contains("recovery") && $0.contains("process exited") })
        let order = story.entries.map(\.event.sequence)
        #expect(order == order.sorted())
    }

    @Test("the story of a browser tells its launches, its failure and its end")
    func browser() throws {
        var (scenario, task, browser) = failedOver()
        let key = EntityKey(.browser, browser.sequence)
        #expect(scenario.state.sentence(about: key) == "browser \(browser) is busy, with task \(task)")
        scenario.completeRun()
        scenario.take(EngineStopRequested(reason: .finished))
        scenario.close()
        let story = story(of: key, in: scenario)
        #expect(story.ending == "retired")
        let sentences = story.entries.map(\.sentence)
        #expect(sentences.first == "browser \(browser) was to be started (demand), within 30.000 s")
        #expect(sentences.contains("browser \(browser) failed (process exited); signal 9 ended its process"))
        #expect(sentences.contains("browser \(browser) was to be started anew (heal), within 30.000 s"))
        #expect(sentences.last == "browser \(browser) left the pool (closed)")
    }

    @Test("samples of a browser are summed up, also between its progress")
    func samples() {
        var scenario = Scenario()
        scenario.startEngine()
        scenario.submit(items: 10)
        let browser = scenario.launch()
        scenario.beginRun()
        let incarnation = scenario.state.browsers[browser].incarnation
        for item in 0..<3 {
            scenario.progress(from: UInt64(item), count: 1)
            scenario.take(MetricsSampled(browser: browser, incarnation: incarnation, items: 1))
        }
        let story = story(of: EntityKey(.browser, browser.sequence), in: scenario)
        #expect(story.entries.suffix(2).map(\.count) == [3, 3])
        #expect(story.entries.last?.sentence == "its use was sampled 3 times in 4.000 s: 3 items")
    }

    @Test("what a browser said cannot break a line")
    func controlCharacters() {
        let failed = BrowserFailed(browser: BrowserID(4), detail: "line\nend\u{1B}[31m", processEnded: true)
        let event = Event(sequence: 9, at: .zero, cause: 0, payload: failed.payload)
        let sentence = event.sentence(about: EventSubjects())
        #expect(sentence.contains("line end [31m"))
    }

    // MARK: Explanations

    @Test("a grant is explained by its candidates, the policy in force and the queue before it")
    func grant() throws {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit(items: 10)
        let browser = scenario.launch()
        let event = scenario.last("task_granted")
        let before = PoolState.fold(scenario.events.filter { $0.sequence < event.sequence })
        let explanation = Explanation(of: event, after: before)
        #expect(
            explanation.sentence
                == "task \(task) was given browser \(browser) (allocation \(event.sequence)) for 60.000 s")
        #expect(explanation[.event].contains(Field("candidates[0].score", .number(1_600))))
        #expect(explanation[.policy].contains(Field("lease_ms", .number(60_000))))
        #expect(explanation[.pool].contains(Field("pool.queue", .list([.number(task.sequence)]))))
        #expect(explanation.subjects.browser == browser)
    }

    @Test("an observation was decided by nobody: it has its own fields alone")
    func observation() {
        var scenario = Scenario()
        scenario.startEngine()
        scenario.submit()
        let event = scenario.last("task_submitted")
        let explanation = Explanation(of: event, after: PoolState.fold(scenario.events.prefix(2)))
        #expect(!explanation[.event].isEmpty)
        #expect(explanation[.policy].isEmpty && explanation[.pool].isEmpty)
    }

    @Test("all that a decision is taken on is named as the policy and the state name it")
    func basis() {
        let decisions: [any EventMessage] = [
            BackendRefused(), TaskQueued(), TaskSuspended(), RetryScheduled(), TaskSucceeded(), TaskFailed(),
            TaskCancelled(), TaskTimedOut(), BrowserLaunchDecided(), LaunchRetryScheduled(),
            BrowserCloseDecided(), BrowserRetired(), TaskGranted(), RunAssigned(), RunStopDecided(),
            AllocationReleased(), PrepareDecided(), RecoveryBegan(), RungStarted(), RecoveryCommitted(),
            RecoveryRolledBack(), BrowserRecycleDecided(), TaskCopied(), ComparisonDecided(), GroupAgreed(),
            GroupDisagreed(), ResultServed(),
        ]
        let policy = FieldSchema(of: PoolPolicy()).types.keys.map { Field($0, .none) }
        for decision in decisions {
            let basis = DecisionBasis(of: decision.payload)
            #expect(!basis.policy.isEmpty || !basis.pool.isEmpty, "\(decision.payload.name)")
            for name in basis.policy { #expect(policy.contains { $0.isWithin(name) }, "\(name)") }
            for path in basis.pool {
                guard case .field(let key, let field) = path else { continue }
                #expect(key.kind.type(of: field) != nil, "\(path)")
            }
        }
    }
}
