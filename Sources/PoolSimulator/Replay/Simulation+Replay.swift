import Pool
import PoolEngine

/// What owners did and how engines ended, as it was recorded.
extension Simulation {
    /// An engine has its policy: what its session holds is planned.
    mutating func beginSession() {
        guard let number = engine?.number, let acts = replay?.begin(number) else { return }
        for timed in acts { clock.plan(.act(timed.act, session: number), afterNs: timed.atNs) }
        switch replay?.workload.sessions[number].end {
        case .stops(let atNs), .crashes(let atNs), .cut(let atNs):
            clock.plan(.sessionEnds(session: number), afterNs: atNs)
        case .whenDone, nil: break
        }
        resumeUnrecorded(in: number)
    }

    /// Tasks that had ended by now in the record, and are suspended here, are resumed at once: nothing tells when their
    /// owners would have done so.
    private mutating func resumeUnrecorded(in session: Int) {
        guard let replay, let tasks = engine?.machine.state.tasks.entities else { return }
        for task in tasks where task.phase == .suspended {
            guard let index = replay.ids.firstIndex(of: task.id), replay.workload.tasks[index].hasEnded,
                !replay.isAskedAbout(index, from: session)
            else { continue }
            receive(TaskResumeRequested(task: task.id).payload)
        }
    }

    mutating func take(_ act: RecordedSession.Act, session: Int) {
        guard engine?.number == session, engine?.stopping == nil else { return }
        replay?.actsLeft -= 1
        switch act {
        case .submit(let index): submit(index)
        case .configure(let policy): receive(PoolConfigured(policy: policy).payload)
        case .cancel(let index):
            guard let task = inHand(index) else { return }
            receive(TaskCancelRequested(task: task.id).payload)
        case .resume(let index):
            guard let task = inHand(index), task.phase == .suspended else { return }
            receive(TaskResumeRequested(task: task.id).payload)
        case .browserFails(let place, let fault):
            guard let browsers = replay?.browsers, place < browsers.count,
                let browser = executor.usable.first(where: { $0.id == browsers[place] })
            else { return }
            replay?.struck.add(fault.name)
            fail([browser], fault)
        case .stalls(let ns):
            replay?.struck.add(Fault.engineStalls(ms: 0).name)
            engine?.stalledUntil = EventTime(nanoseconds: clock.now.nanoseconds + ns)
            clock.plan(.tick, afterNs: ns)
        }
    }

    /// A task of the workload that is in the pool.
    private func inHand(_ index: Int) -> TaskState? {
        guard let id = replay?.ids[index] else { return nil }
        return engine?.machine.state.tasks.find(id)
    }

    mutating func endSession(_ session: Int) {
        guard let engine, engine.number == session, let replay else { return }
        // What happens at the same time had happened before the engine ended.
        let isDue = engine.stalledUntil <= clock.now && engine.machine.due(at: clock.now) != nil
        if isDue || clock.nextAt == clock.now {
            return clock.plan(.sessionEnds(session: session), at: clock.now)
        }
        switch replay.workload.sessions[session].end {
        case .stops: stop(then: replay.afterStop(session))
        case .crashes: crash(keeping: .max, holdTasks: replay.holdTasks(session + 1))
        case .cut: self.replay?.isCut = true
        case .whenDone: break
        }
    }

    /// An engine that was told to stop when its tasks had ended is told so again, as long after the last one's end.
    mutating func endSessionIfDone() {
        guard let engine, engine.isConfigured, engine.stopping == nil, engine.undurable.isEmpty, let replay,
            case .whenDone(let afterNs) = replay.workload.sessions[engine.number].end, replay.actsLeft == 0,
            replay.unsubmitted == 0,
            engine.machine.state.tasks.entities.allSatisfy({ $0.phase == .suspended })
        else { return }
        guard let doneSince = replay.doneSince else {
            self.replay?.doneSince = clock.now
            if afterNs > 0 { return clock.plan(.tick, afterNs: afterNs) }
            return stop(then: replay.afterStop(engine.number))
        }
        guard clock.now.nanoseconds(since: doneSince) >= afterNs else { return }
        stop(then: replay.afterStop(engine.number))
    }
}
