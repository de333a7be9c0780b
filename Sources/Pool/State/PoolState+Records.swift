extension PoolState {
    /// Folds records of a log, as to read each event and `evolve(checking:)` would, and removes them.
    ///
    /// - Throws: `RecordError` at the first record whose bytes are not an event or that cannot be the next one, with the
    ///   error that the two steps would give; the state is then as the records before it left it, and those from it on
    ///   stay.
    public mutating func evolve(checking records: DecodedRecords) throws(RecordError) {
        let error = withUnsafeMutablePointer(to: &self) { Self.fold(records.memory, into: $0) }
        if let error { throw error }
    }

    private static func fold(
        _ records: UnsafeMutablePointer<RecordMemory>, into state: UnsafeMutablePointer<PoolState>
    ) -> RecordError? {
        while !records.pointee.isEmpty {
            let head = records.pointee.head
            let message = records.pointee.message
            var folding = Folding(state: state, event: head.stamp, message: message)
            switch EventPayload.read(number: Int(head.number), &folding) {
            case .some(.none):
                break
            case .some(.some(let error)):
                return error
            case .none:
                let record = UnsafeRawBufferPointer(start: message, count: Int(head.size))
                if let error = state.pointee.evolve(reading: record, at: head.stamp.sequence) { return error }
            }
            records.pointee.removeFirst()
        }
        return nil
    }

    private struct Folding: PayloadReading {
        let state: UnsafeMutablePointer<PoolState>
        let event: EventStamp
        let message: UnsafeMutableRawPointer

        func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) -> RecordError? {
            let place = message.assumingMemoryBound(to: M.self)
            let message = place.move()
            do throws(Obstacle) {
                try state.pointee.fold(checking: message, at: event)
                return nil
            } catch {
                place.initialize(to: message)
                return .impossible(
                    ImpossibleEvent(
                        sequence: event.sequence, type: M.name.description, reason: error.reason))
            }
        }
    }

    /// Reads a record in whichever form it is, and folds it.
    private mutating func evolve(reading record: UnsafeRawBufferPointer, at sequence: UInt64) -> RecordError?
    {
        do throws(WireError) {
            let event = try Event(sequence: sequence, anyForm: record)
            do throws(ImpossibleEvent) {
                try evolve(checking: event)
                return nil
            } catch {
                return .impossible(error)
            }
        } catch {
            return .undecodable(error)
        }
    }
}
