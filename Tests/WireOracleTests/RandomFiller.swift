import Pool

/// Gives every field of a message a value: zeros, edges of the encoding, and random ones.
///
/// Identifiers that are optional are never zero: zero names nothing, and is written as nothing.
struct RandomFiller: FieldVisitor {
    enum Mode {
        /// Zero, absent and empty values occur.
        case anything
        /// Every field is there and differs from its zero value; doubles are finite.
        case everyField
    }

    var random: SplitMix64
    let mode: Mode
    /// A NaN was given out, so that `==` says nothing about the message.
    private(set) var gaveNaN = false

    init(seed: UInt64, mode: Mode = .anything) {
        random = SplitMix64(seed: seed)
        self.mode = mode
    }

    // MARK: Values

    /// Numbers around which the length of a varint changes.
    private static let edges: [UInt64] = {
        let lengthened = (1...9).map { UInt64(1) << UInt64(7 * $0) }
        return lengthened.map { $0 - 1 } + lengthened + [1, .max]
    }()

    private mutating func isPresent() -> Bool { mode == .everyField || random.below(4) > 0 }

    private mutating func count() -> Int { mode == .everyField ? 1 + random.below(3) : random.below(4) }

    mutating func number() -> UInt64 {
        switch random.below(4) {
        case 0 where mode == .anything: 0
        case 0, 1: Self.edges.randomElement(using: &random)!
        case 2: 1 + UInt64(random.below(300))
        default: max(1, random.next() >> UInt64(random.below(64)))
        }
    }

    private mutating func smallNumber() -> UInt32 {
        let number = number()
        return UInt32(exactly: number) ?? .max - UInt32(truncatingIfNeeded: number >> 33)
    }

    private mutating func fraction() -> Double {
        let finite: [Double] = [
            -0.0, 1, -1.5, 0.1, 1e16, 1e-7, .leastNonzeroMagnitude, .leastNormalMagnitude,
            .greatestFiniteMagnitude,
        ]
        if mode == .everyField || random.below(3) == 0 { return finite.randomElement(using: &random)! }
        let others: [UInt64] = [
            0, Double.infinity.bitPattern, (-Double.infinity).bitPattern, Double.nan.bitPattern,
            0xfff8_0000_dead_beef, 0x7ff8_0000_0000_0001, random.next(),
        ]
        let value = Double(bitPattern: others.randomElement(using: &random)!)
        if value.isNaN { gaveNaN = true }
        return value
    }

    private mutating func text() -> String {
        let alphabet = [
            "a", "Z", "7", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1f}", "\u{7f}", "é",
            "e\u{301}", "ß", "\u{2028}", "漢", "\u{ffff}", "👩‍🚀", "\u{10ffff}",
        ]
        switch random.below(4) {
        case 0 where mode == .anything: return ""
        case 0: return String(repeating: "x", count: 127 + random.below(3))
        default:
            return (0..<1 + random.below(12)).map { _ in alphabet.randomElement(using: &random)! }.joined()
        }
    }

    private mutating func blob() -> [UInt8] {
        let lengths = [mode == .anything ? 0 : 1, 1, 16, 127, 128, 1024]
        let length = lengths.randomElement(using: &random)!
        return random.below(3) == 0
            ? Array(text().utf8) + (mode == .anything ? [] : [0x21])
            : (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private mutating func digest() -> Digest {
        if random.below(6) == 0 { return .zero }
        return Digest(bytes: (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) })!
    }

    private mutating func several<Element>(_ make: (inout Self) -> Element) -> [Element] {
        var elements: [Element] = []
        for _ in 0..<count() { elements.append(make(&self)) }
        return elements
    }

    private mutating func anyCase<E: WireEnum>() -> E { E.allCases.randomElement(using: &random)! }

    private mutating func filled<M: WireMessage>(_ empty: M) -> M {
        var message = empty
        message.visit(&self)
        return message
    }

    // MARK: Fields

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) { value = self.number() }
    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) { value = smallNumber() }
    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        value = mode == .everyField || random.below(2) == 0
    }
    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) { value = fraction() }
    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) { value = text() }
    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        value = several { $0.text() }
    }
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) { value = blob() }
    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        value = EventTime(nanoseconds: self.number())
    }
    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) { value = digest() }
    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        value = isPresent() ? digest() : nil
    }
    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        value = several { $0.digest() }
    }
    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        value = ID(self.number())
    }
    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?) {
        value = isPresent() ? ID(max(1, self.number())) : nil
    }
    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        value = several { ID($0.number()) }
    }
    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        value = anyCase()
    }
    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        value = isPresent() ? anyCase() : nil
    }
    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        value = several { $0.anyCase() }
    }
    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        value = filled(value)
    }
    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        value = isPresent() ? filled(M()) : nil
    }
    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        value = several { $0.filled(M()) }
    }
}
