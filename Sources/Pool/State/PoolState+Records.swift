extension PoolState {
    /// Reads one record of a log and folds it, as reading the event and `evolve(checking:)` would, but without making
    /// what the fold does not keep, such as the outputs of a run.
    ///
    /// - Throws: `RecordError` when the bytes are not an event or it cannot be the next one, with the error that the two
    ///   steps would give; the state is then as it was.
    public mutating func evolve(
        checkingRecord sequence: UInt64, decoding record: UnsafeRawBufferPointer
    ) throws(RecordError) {
        if folds(sequence, record) { return }
        let event: Event
        do throws(WireError) {
            event = try Event(sequence: sequence, anyForm: record)
        } catch {
            throw .undecodable(error)
        }
        do throws(ImpossibleEvent) {
            try evolve(checking: event)
        } catch {
            throw .impossible(error)
        }
    }

    /// Folds a record that is as our own writers give it and that can be the next one; whatever else it is, nothing is
    /// changed.
    private mutating func folds(_ sequence: UInt64, _ record: UnsafeRawBufferPointer) -> Bool {
        guard let reader = CanonicalReader(record) else { return false }
        return withUnsafeMutablePointer(to: &self) { state in
            var folding = RecordFolding(state: state, event: EventStamp(sequence: sequence), reader: reader)
            folding.event.visit(&folding.reader)
            guard let number = folding.reader.pendingMessage else { return false }
            return EventPayload.read(number: number, &folding) ?? false
        }
    }

    private struct RecordFolding: PayloadReading {
        let state: UnsafeMutablePointer<PoolState>
        var event: EventStamp
        var reader: CanonicalReader

        mutating func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) -> Bool {
            var message = empty()
            reader.submessage(&message, except: M.unfoldedFields)
            guard reader.isAtEnd else { return false }
            do throws(Obstacle) {
                try state.pointee.fold(checking: message, at: event)
                return true
            } catch {
                return false
            }
        }
    }
}
