import PoolSimulator
import Testing

@testable import Pool

@Suite("The queue")
struct TaskQueueTests {
    private struct Waiting {
        let task: TaskID
        let priority: UInt32
        let submittedAt: EventTime
        let agingMs: UInt64
        let needs: TaskNeeds

        var rank: TaskRank {
            TaskRank(task, priority: priority, submittedAt: submittedAt, agingMs: agingMs)
        }

        /// Whether it is granted before one that was submitted after it.
        func precedes(_ younger: Waiting) -> Bool {
            if agingMs == 0 { return priority >= younger.priority }
            let leadMs = (younger.submittedAt.nanoseconds - submittedAt.nanoseconds) / 1_000_000
            return Int(leadMs) >= (Int(younger.priority) - Int(priority)) * Int(agingMs)
        }
    }

    @Test(
        "gives tasks by priority and age, and passes over those whose needs are not met",
        arguments: 1...12 as ClosedRange<UInt64>)
    func likeAnArray(seed: UInt64) {
        let agingMs = seed.isMultiple(of: 2) ? 0 : seed * 10
        var random = SplitMix64(seed: seed)
        var queue = TaskQueue()
        var model: [Waiting] = []
        for step in 1...3000 as ClosedRange<UInt64> {
            if random.chance(perMille: step < 1500 ? 700 : 300) {
                let waiting = Waiting(
                    task: TaskID(step), priority: UInt32(random.below(3)),
                    submittedAt: EventTime(nanoseconds: (1_000_000 + step / 2) * 1_000_000), agingMs: agingMs,
                    needs: TaskNeeds(backend: random.pick(Backend.allCases)))
                queue.insert(waiting.rank, waiting.needs)
                let place = model.firstIndex { !$0.precedes(waiting) } ?? model.count
                model.insert(waiting, at: place)
            } else if !model.isEmpty {
                let place = Int(random.below(UInt64(model.count)))
                #expect(queue.contains(model[place].rank))
                queue.remove(model[place].rank)
                #expect(!queue.contains(model[place].rank))
                // One that is not there changes nothing.
                queue.remove(model[place].rank)
                model.remove(at: place)
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
            let passedOver = Backend.allCases.filter { _ in random.chance(perMille: 400) }.map(
                TaskNeeds.init(backend:))
            #expect(queue.first(besides: passedOver) == model.first { !passedOver.contains($0.needs) }?.task)
            guard step % 50 == 0 else { continue }
            #expect(Array(queue) == model.map(\.task), "seed \(seed), step \(step)")
            #expect(
                queue.tasks { !passedOver.contains($0) }
                    == model.filter { !passedOver.contains($0.needs) }.map(\.task))
        }
        #expect(queue == TaskQueue(unsorted: model.map(\.task)))
        let other = TaskRank(
            TaskID(5000), priority: 1, submittedAt: EventTime(nanoseconds: 1), agingMs: agingMs)
        queue.insert(other, TaskNeeds(backend: .webgpu))
        #expect(queue != TaskQueue(unsorted: model.map(\.task)))
    }

    @Test(
        "finds each task, however many needs come and go",
        arguments: 1...20 as ClosedRange<UInt64>)
    func manyNeeds(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = TaskQueue()
        var model: [Waiting] = []
        let needs = (0..<12).map { number in
            TaskNeeds(
                of: .test {
                    $0.memoryBytes = UInt64(number % 3)
                    $0.requiredFeatures = number < 6 ? [] : ["feature \(number)"]
                }, on: number.isMultiple(of: 2) ? .webgpu : .cpu)
        }
        for step in 1...500 as ClosedRange<UInt64> {
            if random.chance(perMille: 500) || model.isEmpty {
                let waiting = Waiting(
                    task: TaskID(step), priority: 0, submittedAt: EventTime(nanoseconds: step), agingMs: 0,
                    needs: random.pick(needs))
                #expect(!queue.contains(waiting.rank))
                queue.insert(waiting.rank, waiting.needs)
                model.append(waiting)
            } else {
                let gone = model.remove(at: Int(random.below(UInt64(model.count))))
                #expect(queue.contains(gone.rank))
                queue.remove(gone.rank)
            }
            #expect(Array(queue) == model.map(\.task), "seed \(seed), step \(step)")
            let passedOver = needs.filter { _ in random.chance(perMille: 500) }
            #expect(queue.first(besides: passedOver) == model.first { !passedOver.contains($0.needs) }?.task)
        }
    }
}

extension TaskNeeds {
    /// What a task needs that needs nothing but a backend.
    fileprivate init(backend: Backend) { self.init(of: TaskSpec(), on: backend) }
}
