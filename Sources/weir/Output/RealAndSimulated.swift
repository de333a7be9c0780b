/// Lists in which nothing simulated stands among what is real (EXEC-4).
enum RealAndSimulated {
    /// What stands above all that is simulated.
    static let heading = "SIMULATED: nothing of this is real"

    /// The real ones, and below a heading the simulated ones.
    static func text<Element>(
        _ elements: [Element], isSimulated: (Element) -> Bool, _ table: ([Element]) -> String
    ) -> String {
        let (real, simulated) = (elements.filter { !isSimulated($0) }, elements.filter(isSimulated))
        let parts = [
            real.isEmpty ? [] : [table(real)], simulated.isEmpty ? [] : [heading, table(simulated)],
        ]
        return parts.joined().joined(separator: "\n")
    }
}
