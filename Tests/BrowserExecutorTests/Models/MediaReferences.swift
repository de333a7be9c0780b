import Foundation

@testable import BrowserExecutor

/// References that `Fixtures/media/make.py` made.
struct MediaReferences: Decodable {
    var speech: Speech
    var resized: [Resized]
    /// SHA-256 of the pixels of images.
    var pixels: [String: String]

    struct Speech: Decodable {
        var probabilities: [Double]
        var segments: [Segment]
        var rules: [Rule]
    }

    struct Segment: Decodable {
        var start: Int
        var end: Int
    }

    struct Rule: Decodable {
        var probabilities: [Double]
        var samples: Int
        var segments: [Segment]
    }

    struct Resized: Codable {
        var height: Int
        var width: Int
        var pixels: [UInt8]
        var toHeight: Int
        var toWidth: Int
        var resized: [UInt8]

        enum CodingKeys: String, CodingKey {
            case height, width, pixels, resized
            case toHeight = "to_height"
            case toWidth = "to_width"
        }
    }

    static let folder = Fixtures.root + "/media"

    static func read() throws -> MediaReferences {
        let url = URL(fileURLWithPath: folder + "/references.json")
        return try JSONDecoder().decode(MediaReferences.self, from: Data(contentsOf: url))
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
    }
}
