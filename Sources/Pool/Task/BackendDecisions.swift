/// Which backend of its list a task runs on. Every change is a recorded decision, with who refused and why (EXEC-4).
extension Decider {
    /// Puts a new task into the queue, on the first of its backends that its runtime has.
    mutating func choose(for id: TaskID, cause: UInt64) {
        useNext(of: state.tasks[id].spec.backends[...], for: id, .submitted, cause: cause, refusedBy: nil)
    }

    /// The backend that a task is on is refused: it goes on with the next of its list, from its last recorded item, or
    /// fails. It must hold no allocation.
    mutating func refuseBackend(
        of id: TaskID, _ refusal: BackendRefusal, _ reason: String, by browser: BrowserID?, cause: UInt64
    ) {
        let task = state.tasks[id]
        let refused = emit(
            BackendRefused(
                task: id, backend: task.backend, reason: reason, refusal: refusal, browser: browser),
            cause: cause)
        // Of a backend that is named twice the last place counts, so that the list has an end.
        let at = task.spec.backends.lastIndex(of: task.backend) ?? task.spec.backends.endIndex - 1
        useNext(
            of: task.spec.backends[(at + 1)...], for: id, .backendChanged, cause: refused,
            refusedBy: (refusal, "\(task.backend.name) was refused: \(reason)"))
    }

    /// The backend that a task could go on with in place of its own; nil when it has no other.
    func nextBackend(of task: TaskState) -> Backend? {
        guard !task.spec.strictBackend, let at = task.spec.backends.lastIndex(of: task.backend) else {
            return nil
        }
        return task.spec.backends[(at + 1)...].first(where: task.spec.canRun(on:))
    }

    /// Queues a task on the first of these backends that its runtime has, or fails it.
    private mutating func useNext(
        of backends: ArraySlice<Backend>, for id: TaskID, _ reason: QueueReason, cause: UInt64,
        refusedBy refused: (refusal: BackendRefusal, detail: String)?
    ) {
        // A run may be refused after its last item was recorded; nothing is run again for it (CORE-7).
        if refused != nil, succeedIfDone(id, cause: cause) { return }
        let task = state.tasks[id]
        let chosen = backends.first(where: task.spec.canRun(on:))
        let why =
            task.spec.runtimeBackends.isEmpty
            ? "this version runs models on webgpu only" : "the model's runtime cannot run it there"
        for lacking in backends.prefix(while: { $0 != chosen }) {
            emit(
                BackendRefused(task: id, backend: lacking, reason: why, refusal: .runtimeLacksIt),
                cause: cause)
        }
        let isFirst = chosen == task.spec.backends.first && reason == .submitted
        if let chosen, isFirst || !task.spec.strictBackend {
            emit(
                TaskQueued(task: id, reason: reason, itemsDone: task.itemsDone, backend: chosen), cause: cause
            )
            return
        }
        let names = task.spec.backends.map(\.name.description).joined(separator: ", ")
        var detail = refused?.detail ?? "none of its backends can be used: \(names)"
        if chosen != nil { detail += "; strict_backend allows no other" }
        let failure: TaskFailure = refused?.refusal == .noAdapter ? .noAdapter : .backendUnsupported
        fail(id, failure, detail, cause: cause)
    }

    /// Refuses the backends of waiting tasks that no browser of the pool offers as they need it, once the pool can get no
    /// other browser, and says whether a task goes on with another backend.
    mutating func refuseUnoffered(cause: UInt64) -> Bool {
        let browsers = state.browsers
        let isFull = browsers.count >= Int(state.policy.maxConnections) || state.memory.room == 0
        guard !state.queue.isEmpty, isFull || !mayLaunch, browsers.allSatisfy({ $0.pointee.phase.isUsable })
        else {
            return false
        }
        let unoffered = state.queue.tasks { needs in
            !browsers.contains {
                $0.pointee.backends.offer(needs.backend)
                    && needs.isMet($0.pointee.features, $0.pointee.limits)
            }
        }
        guard !unoffered.isEmpty, let asked = browsers.entities.first else { return false }
        var isChanged = false
        for id in unoffered {
            let needs = TaskNeeds(of: state.tasks[id])
            // One that has the backend says best what it lacks.
            let asked = browsers.entities.first { $0.offers(needs.backend) } ?? asked
            let found = asked.backends.support(of: needs.backend)
            if let lack = needs.firstLack(asked.features, asked.limits), found.refusal == nil {
                refuseBackend(of: id, .lacksFeature, lack, by: asked.id, cause: cause)
            } else {
                refuseBackend(
                    of: id, found.refusal ?? .browserRefuses, found.reason, by: asked.id, cause: cause)
            }
            isChanged = isChanged || state.tasks.contains(id)
        }
        return isChanged
    }
}
