import Pool

/// What a decision is taken on besides the observation, by the names of the policy's and the state's fields. An
/// observation has no such basis.
struct DecisionBasis {
    /// Fields of the policy; a message or a list stands for all that is in it.
    private(set) var policy: [String] = []
    /// Values of the state just before the decision.
    private(set) var pool: [StatePath] = []

    init(of payload: EventPayload) {
        takeTask(payload)
        takeBrowser(payload)
        takeRun(payload)
        takeRecovery(payload)
        takeRedundancy(payload)
    }

    private mutating func add(_ task: TaskID, _ fields: String...) {
        pool += fields.map { .field(EntityKey(.task, task.sequence), $0) }
    }

    private mutating func add(_ browser: BrowserID, _ fields: String...) {
        pool += fields.map { .field(EntityKey(.browser, browser.sequence), $0) }
    }

    private mutating func addPool(_ fields: String...) { pool += fields.map { .field(.pool, $0) } }

    private mutating func takeTask(_ payload: EventPayload) {
        switch payload {
        case .backendRefused(let event):
            add(event.task, "spec.backends", "spec.runtime_backends", "spec.strict_backend", "backend")
        case .taskQueued(let event): add(event.task, "spec.backends", "spec.priority", "items_done")
        case .taskSuspended(let event): add(event.task, "spec.state_persistence")
        case .retryScheduled(let event):
            policy = ["retry"]
            add(event.task, "attempts")
        case .taskSucceeded(let event): add(event.task, "items_done", "spec.items_total")
        case .taskFailed(let event):
            policy = ["retry.budget", "enable_fault_tolerance"]
            add(event.task, "attempts", "spec.state_persistence", "spec.strict_backend")
            addPool("launch_failures")
        case .taskCancelled(let event): add(event.task, "items_done", "spec.items_total")
        case .taskTimedOut(let event): add(event.task, "submitted_at_ns", "spec.deadline_ms")
        default: break
        }
    }

    private mutating func takeBrowser(_ payload: EventPayload) {
        switch payload {
        case .browserLaunchDecided:
            policy = [
                "max_connections", "warm_browsers", "lanes_per_browser", "adaptive_scaling",
                "launch_deadline_ms",
            ]
            addPool("queue", "launch_failures", "scaling.target")
            pool += [nil, "launching", "ready", "busy", "failed"].map { .count(.browser, state: $0) }
        case .poolScaled:
            policy = [
                "adaptive_scaling", "max_connections", "warm_browsers", "lanes_per_browser", "scaling",
            ]
            addPool(
                "queue", "scaling.target", "scaling.scaled_at_ns", "scaling.panicked_at_ns", "scaling.demand")
            pool += [nil, "launching", "ready", "busy"].map { .count(.browser, state: $0) }
        case .modelBreakerOpened, .modelBreakerHalfOpened, .modelBreakerClosed:
            policy = ["breaker", "enable_fault_tolerance"]
            addPool("model_breakers")
            pool += [nil, "ready", "busy"].map { .count(.browser, state: $0) }
        case .launchRetryScheduled:
            policy = ["retry"]
            addPool("launch_failures")
        case .browserCloseDecided(let event):
            policy = ["close_deadline_ms", "idle_timeout_ms", "warm_browsers", "retry.budget"]
            add(event.browser, "state", "allocations", "stops", "idle_since_ns")
            addPool("is_stopping", "launch_failures", "scaling.target")
        case .breakerOpened(let event):
            policy = ["breaker", "enable_fault_tolerance"]
            add(event.browser, "strikes", "openings", "breaker")
            pool += [nil, "ready", "busy"].map { .count(.browser, state: $0) }
        case .breakerHalfOpened(let event): add(event.browser, "quarantined_until_ns")
        case .breakerClosed(let event): add(event.browser, "breaker")
        case .browserSuspected(let event):
            policy = ["heartbeat"]
            add(event.browser, "heard_at_ns", "heartbeat_mean_us", "heartbeat_variance")
        case .browserRecycleDecided(let event):
            policy = ["recycle_after_ms", "recycle_after_tasks", "browser_memory_limit_bytes"]
            add(event.browser, "launched_at_ns", "runs_completed", "memory_bytes")
        case .failurePredicted(let event):
            policy = ["prediction"]
            add(event.browser, "signs", "heard_at_ns", "recycling")
            addPool("risk")
        case .predictionWithdrawn(let event):
            policy = ["prediction"]
            add(event.browser, "signs")
            addPool("risk")
        case .suspicionCleared(let event): add(event.browser, "suspected", "heard_at_ns")
        case .browserRetired(let event):
            policy = ["warm_browsers", "retry.budget"]
            add(event.browser, "state", "relaunch")
            addPool("is_stopping", "launch_failures")
            pool.append(.count(.browser, state: nil))
        default: break
        }
    }

    private mutating func takeRun(_ payload: EventPayload) {
        switch payload {
        case .taskGranted(let event):
            policy = [
                "lease_ms", "lanes_per_browser", "browser_preferences", "aging_ms",
                "browser_memory_limit_bytes",
            ]
            addPool("queue")
            add(
                event.task, "spec.priority", "spec.family", "spec.model_digest", "spec.required_features",
                "spec.memory_bytes", "spec.affinity", "backend", "submitted_at_ns",
                "queued_at_ns")
        case .runAssigned(let event): add(event.task, "items_done", "spec.items_total", "backend")
        case .runStopDecided: policy = ["stop_deadline_ms"]
        case .allocationReleased(let event):
            let allocation = EntityKey(.allocation, event.allocation.sequence)
            pool += ["lease_deadline_ns", "run", "end_item"].map { .field(allocation, $0) }
            add(event.task, "items_done")
        case .prepareDecided(let event):
            policy = ["enable_fault_tolerance", "lease_ms"]
            add(event.task, "spec.model_digest", "backend")
            add(event.browser, "state", "resident_models", "unpreparable_models")
        default: break
        }
    }

    private mutating func takeRedundancy(_ payload: EventPayload) {
        switch payload {
        case .taskCopied(let event):
            policy = ["redundancy_factor"]
            add(event.leader, "spec.redundancy")
        case .comparisonDecided: policy = ["redundancy", "lease_ms"]
        case .groupAgreed, .groupDisagreed: policy = ["redundancy", "retry.budget"]
        case .resultServed: policy = ["redundancy"]
        default: break
        }
    }

    private mutating func takeRecovery(_ payload: EventPayload) {
        switch payload {
        case .recoveryBegan(let event):
            policy = ["enable_fault_tolerance", "recovery_strategy", "retry.budget"]
            add(event.task, "attempts", "spec.failover_strategy", "spec.recovery_timeout_ms")
        case .rungStarted(let event):
            policy = ["retry"]
            pool += ["task", "strategy", "rung"].map {
                .field(EntityKey(.recovery, event.recovery.sequence), $0)
            }
        case .healDecided(let event):
            policy = ["enable_fault_tolerance", "rung_deadline_ms", "recovery_strategy"]
            add(event.browser, "state", "rung", "rung_at_ns", "limits_gpu_losses", "gpu_losses")
        case .recoveryCommitted(let event): addRecovery(event.recovery)
        case .recoveryRolledBack(let event):
            policy = ["retry.budget"]
            addRecovery(event.recovery)
            add(event.task, "attempts")
        default: break
        }
    }

    private mutating func addRecovery(_ recovery: RecoveryID) {
        pool += ["began_at_ns", "deadline_ns"].map {
            .field(EntityKey(.recovery, recovery.sequence), $0)
        }
    }
}
