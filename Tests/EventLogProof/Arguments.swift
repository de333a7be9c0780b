import Glibc

/// The command line: a command, then `--name value` pairs.
struct Arguments {
    var command: String
    private var values: [String: String] = [:]

    /// Reads the command line; ends the program with the usage if it is none.
    init(_ words: [String], known: Set<String>, usage: String) {
        command = words.dropFirst().first ?? ""
        var rest = words.dropFirst(2)
        while let name = rest.popFirst() {
            guard known.contains(name), let value = rest.popFirst() else {
                say(usage)
                exit(64)
            }
            values[name] = value
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func number(_ name: String) -> UInt64? { values[name].flatMap { UInt64($0) } }

    func count(_ name: String, default value: Int) -> Int { values[name].flatMap { Int($0) } ?? value }
}
