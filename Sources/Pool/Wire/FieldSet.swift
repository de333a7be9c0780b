/// Fields of one message, by their numbers, 1 to 63.
struct FieldSet: OptionSet, Sendable {
    let rawValue: UInt64

    static var none: FieldSet { FieldSet(rawValue: 0) }
    static var all: FieldSet { FieldSet(rawValue: .max) }

    /// The field of this number alone.
    static func field(_ number: Int) -> FieldSet {
        FieldSet(rawValue: 1 &<< UInt64(truncatingIfNeeded: number))
    }

    func contains(_ number: Int) -> Bool { rawValue & Self.field(number).rawValue != 0 }
}
