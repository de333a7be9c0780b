/// Records of a log that have been read for a fold which is yet to take them.
///
/// Reading costs more than half of what folding does, and needs nothing of the state: a thread that reads a log ahead can
/// do it while another one folds what was read before. What the fold does not keep, such as the outputs of a run, is
/// checked and left out. A record that is not as our own writers give it is kept as it is and read when its turn comes.
///
/// `@unchecked Sendable`: it is with the thread that fills it or with the one that folds what is in it; whoever hands it
/// from one to the other does so under a lock, as a scan that reads ahead does.
public final class DecodedRecords: @unchecked Sendable {
    /// By address: a variable of the class would be asked at each record whether somebody else is at it.
    let memory = UnsafeMutablePointer<RecordMemory>.allocate(capacity: 1)

    public init() { memory.initialize(to: RecordMemory()) }

    deinit {
        memory.pointee.removeAll()
        memory.pointee.deallocate()
        memory.deallocate()
    }

    /// Whether there is none that has not been folded.
    public var isEmpty: Bool { memory.pointee.isEmpty }

    /// Reads the next record.
    public func append(_ sequence: UInt64, _ record: UnsafeRawBufferPointer) {
        if !Decoding.decodes(sequence, record, into: memory) { memory.pointee.append(sequence, record) }
    }

    /// Drops those that have not been folded.
    public func removeAll() { memory.pointee.removeAll() }

    private struct Decoding: PayloadReading {
        let memory: UnsafeMutablePointer<RecordMemory>
        var stamp: EventStamp
        var reader: CanonicalReader

        /// Reads a record that is as our own writers give it; whatever else it is, nothing is appended.
        @inline(__always)
        static func decodes(
            _ sequence: UInt64, _ record: UnsafeRawBufferPointer,
            into memory: UnsafeMutablePointer<RecordMemory>
        ) -> Bool {
            guard let reader = CanonicalReader(record) else { return false }
            var decoding = Decoding(memory: memory, stamp: EventStamp(sequence: sequence), reader: reader)
            decoding.stamp.visit(&decoding.reader)
            guard let number = decoding.reader.pendingMessage else { return false }
            return EventPayload.read(number: number, &decoding) ?? false
        }

        mutating func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) -> Bool {
            var message = empty()
            reader.submessage(&message, except: M.unfoldedFields)
            guard reader.isAtEnd else { return false }
            memory.pointee.append(consume message, stamp)
            return true
        }
    }
}
