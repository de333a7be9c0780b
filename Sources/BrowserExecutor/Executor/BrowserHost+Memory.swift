import ChromePipe
import Pool

/// A browser that uses more memory than it may has failed: nothing else tells of it until the machine has none left.
extension BrowserHost {
    func watchMemory() {
        let configuration = surroundings.configuration
        watching = Task { [weak self] in
            while (try? await Task.sleep(for: configuration.memoryInterval)) != nil {
                await self?.checkMemory(patience: configuration.probeDeadline)
            }
        }
    }

    private func checkMemory(patience: Duration) async {
        let budget = surroundings.configuration.memoryBudgetBytes
        guard phase == .usable, let running,
            let processes = try? await running.processes(deadline: patience).map(\.pid),
            processes.reduce(0, { $0 + ProcessStatus.residentBytes(of: $1) }) > budget
        else { return }
        let used = processes.reduce(0) { $0 + (ProcessStatus.proportionalBytes(of: $1) ?? 0) }
        guard used > budget, phase == .usable else { return }
        let (usedMiB, budgetMiB) = (used >> 20, budget >> 20)
        suspect(
            FailureEvidence(
                .pageOutOfMemory, "its processes use \(usedMiB) MiB of memory, of at most \(budgetMiB)"))
    }
}
