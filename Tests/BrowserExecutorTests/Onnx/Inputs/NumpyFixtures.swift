import Foundation

@testable import BrowserExecutor

/// Arrays that `Fixtures/numpy/make.py` wrote with NumPy, and what is in them.
struct NumpyFixtures: Decodable {
    var arrays: [String: Array]
    var refused: [String]
    var members: [String: Array]

    struct Array: Decodable {
        var type: ElementType
        var dims: [Int]
        var data: [TensorJSON]

        func tensor(_ name: String) throws -> Tensor {
            try TensorJSON.object([
                "data": .array(data), "dims": .array(dims.map { .number(Double($0)) }),
            ]).tensor(named: name, of: type)
        }
    }

    static let folder = Fixtures.root + "/numpy"

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
    }

    static func load() throws -> NumpyFixtures {
        try JSONDecoder().decode(NumpyFixtures.self, from: Data(try bytes("arrays.json")))
    }
}
