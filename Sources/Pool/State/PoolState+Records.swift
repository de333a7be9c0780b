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
                let sequence = head.stamp.sequence
                if ReadingAndFolding.folds(sequence, record, into: state) { break }
                if let error = state.pointee.evolve(reading: record, at: sequence) { return error }
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

    /// Reads a record that is as our own writers give it, and folds it if it can be the next one.
    private struct ReadingAndFolding: PayloadReading {
        let state: UnsafeMutablePointer<PoolState>
        var event: EventStamp
        var reader: CanonicalReader

        /// Whether it did; otherwise nothing is changed.
        static func folds(
            _ sequence: UInt64, _ record: UnsafeRawBufferPointer, into state: UnsafeMutablePointer<PoolState>
        ) -> Bool {
            guard let reader = CanonicalReader(record) else { return false }
            var folding = ReadingAndFolding(
                state: state, event: EventStamp(sequence: sequence), reader: reader)
            folding.event.visit(&folding.reader)
            guard let number = folding.reader.pendingMessage else { return false }
            return EventPayload.read(number: number, &folding) ?? false
        }

        mutating func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) -> Bool {
            guard M.staysInState else { return false }
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
