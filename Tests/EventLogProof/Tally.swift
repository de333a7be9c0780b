/// Counts by name, printed as a small table in the order of the names.
struct Tally {
    private var rows: [(name: String, count: Int)] = []

    mutating func add(_ name: String, _ count: Int = 1) {
        if let index = rows.firstIndex(where: { $0.name == name }) {
            rows[index].count += count
        } else {
            rows.append((name, count))
        }
    }

    mutating func merge(_ other: Tally) {
        for row in other.rows { add(row.name, row.count) }
    }

    subscript(name: String) -> Int { rows.first { $0.name == name }?.count ?? 0 }

    func printed() {
        let width = rows.map(\.name.count).max() ?? 0
        for row in rows.sorted(by: { $0.name < $1.name }) {
            say("  " + row.name + String(repeating: " ", count: width - row.name.count + 2) + "\(row.count)")
        }
    }
}
