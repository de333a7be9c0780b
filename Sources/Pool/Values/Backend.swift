/// What executes a model inside a browser.
public enum Backend: UInt32, WireEnum {
    /// The browser's WebGPU implementation.
    case webgpu = 1
    /// The browser's WebNN implementation.
    case webnn = 2
    /// The browser's WebAssembly engine on the CPU.
    case cpu = 3

    /// All lists of up to three backends, each at the place that the numbers give as the digits of one to the base four.
    private static let lists: [[Backend]] = (0..<64).map { place in
        [place >> 4, place >> 2 & 3, place & 3].compactMap { Backend(rawValue: UInt32($0)) }
    }

    public static func sharedList(_ numbers: UnsafeRawBufferPointer) -> [Backend]? {
        guard numbers.count <= 3 else { return nil }
        var place = 0
        for number in numbers {
            guard (1...3).contains(number) else { return nil }
            place = place << 2 | Int(number)
        }
        return lists[place]
    }

    public var name: StaticString {
        switch self {
        case .webgpu: "webgpu"
        case .webnn: "webnn"
        case .cpu: "cpu"
        }
    }
}
