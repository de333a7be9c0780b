import Crypto

/// Takes the records of one commit in order, and works out again what their steps' digests are.
struct StepAudit {
    let path: String
    private var steps = SHA256()
    private var step = SHA256()
    private var isInStep = false

    init(path: String) {
        self.path = path
    }

    /// Takes the next record, and finishes the step before it if it begins another.
    mutating func add(_ stored: UnsafeRawBufferPointer, at sequence: UInt64) throws(EventLogError)
        -> RecordLayout
    {
        if let damage = RecordCoding.check(stored, sequence: sequence) {
            throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
        }
        guard let layout = RecordLayout(stored) else {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "it contradicts its own size or flags")
        }
        if layout.beginsStep {
            finishStep()
            isInStep = true
        } else if !isInStep {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "it begins a commit, but no step")
        }
        hash(stored, sequence)
        return layout
    }

    private mutating func hash(_ stored: UnsafeRawBufferPointer, _ sequence: UInt64) {
        let check = UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self)) ^ Checksum.mask(of: sequence)
        let head = UInt64(UInt32(stored.count)) | UInt64(check) << 32
        withUnsafeBytes(of: head.littleEndian) { step.update(bufferPointer: $0) }
        step.update(bufferPointer: UnsafeRawBufferPointer(rebasing: stored[4...]))
    }

    private mutating func finishStep() {
        guard isInStep else { return }
        step.finalize().withUnsafeBytes { steps.update(bufferPointer: $0) }
        step = SHA256()
    }

    /// Ends the last step; the digest over the digests of all.
    consuming func finish() -> [UInt8] {
        finishStep()
        return steps.finalize().array
    }
}
