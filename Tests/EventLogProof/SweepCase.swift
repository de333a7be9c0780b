/// A change of one byte of a data file.
struct SweepCase {
    var position: Int
    var mask: UInt8

    /// All changes of a file of so many bytes, the same in every process. The last one changes nothing.
    ///
    /// - Parameter stride: 1 for every byte; otherwise every so manieth, but always all that is used of the meta
    ///   pages, whose damage has the most ways to show.
    static func all(fileBytes: Int, stride: Int) -> [SweepCase] {
        var cases: [SweepCase] = []
        for page in [0, 4096] {
            cases += (0..<152).map { SweepCase(position: page + $0, mask: 0xff) }
            cases += (0..<152).map { SweepCase(position: page + $0, mask: 1 << UInt8($0 % 8)) }
            // The transaction's number: each bit makes the page older or newer.
            for bit in 0..<8 {
                cases += (144..<152).map { SweepCase(position: page + $0, mask: 1 << UInt8(bit)) }
            }
            cases += Swift.stride(from: 152, to: 4096, by: stride).map {
                SweepCase(position: page + $0, mask: 0xff)
            }
        }
        for position in Swift.stride(from: 8192, to: fileBytes, by: stride) {
            cases.append(SweepCase(position: position, mask: 0xff))
            // Small changes of numbers lead elsewhere than large ones.
            if position / stride % 4 == 0 {
                cases.append(SweepCase(position: position, mask: 1 << UInt8(position / stride / 4 % 8)))
            }
        }
        return cases + [SweepCase(position: 0, mask: 0)]
    }
}
