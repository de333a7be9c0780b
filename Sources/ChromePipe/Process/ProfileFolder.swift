import Foundation

/// A browser's private profile folder: one per browser, because two in one folder end the second.
package struct ProfileFolder {
    /// The system refused the folder.
    package struct Refused: Error, CustomStringConvertible {
        let parent: String
        let code: CInt
        package var description: String { "\(parent): \(String(cString: strerror(code)))" }
    }

    package let path: String

    /// Makes a new folder that only we may enter.
    package init(under parent: String) throws {
        let absolute = URL(fileURLWithPath: parent).path
        var template = Array("\(absolute)/weir-browser-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Refused(parent: absolute, code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes it if it is there.
    package func remove() {
        Self.remove(path)
    }

    package static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    package static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
