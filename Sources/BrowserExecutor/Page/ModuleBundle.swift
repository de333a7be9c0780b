import Foundation
import Synchronization

/// A script module with all that it imports, as one module: a page that asks for them one by one waits for a round trip
/// through the browser's pipe for each, and for one import after another.
///
/// Each imported module becomes a function that gives its exports, called once, before those that import it. Known are the
/// statements that the runtimes use, each at the beginning of a line: `import { a, b as c } from "./other.js";` and
/// `export` before a function, a class or a constant.
struct ModuleBundle {
    /// Why modules cannot be put together.
    enum Failure: Error, Hashable {
        /// There is no such module.
        case missing(String)
        /// It imports itself, through others.
        case circular(String)
        /// A statement in another form than those known.
        case unknownStatement(module: String, line: String)
    }

    let text: String

    /// - Parameters:
    ///   - entry: The module that the page names, by its path; what it exports stays exported.
    ///   - source: Gives the text of a module by its path, nil where there is none.
    init(of entry: String, source: @escaping (String) -> String?) throws(Failure) {
        var assembly = Assembly(source: source)
        let body = try assembly.body(of: entry, keepingExports: true)
        text = assembly.modules + body
    }

    private struct Assembly {
        let source: (String) -> String?
        /// The modules so far, each after those that it imports.
        var modules = ""
        /// By path: whether the module is complete.
        private var known: [String: Bool] = [:]

        init(source: @escaping (String) -> String?) { self.source = source }

        /// The name under which the exports of a module stand.
        private mutating func include(_ path: String) throws(Failure) -> String {
            let name = "$" + String(path.map { $0.isLetter || $0.isNumber ? $0 : "_" })
            guard let isComplete = known[path] else {
                known[path] = false
                let body = try body(of: path, keepingExports: false)
                modules += "const \(name) = (() => {\n\(body)})();\n"
                known[path] = true
                return name
            }
            guard isComplete else { throw .circular(path) }
            return name
        }

        mutating func body(of path: String, keepingExports: Bool) throws(Failure) -> String {
            guard let text = source(path) else { throw .missing(path) }
            var result = ""
            var exports: [String] = []
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
            if lines.last?.isEmpty == true { lines.removeLast() }
            while let first = lines.popFirst() {
                var line = String(first)
                if line.hasPrefix("import ") {
                    while !line.hasSuffix(";"), let next = lines.popFirst() { line += " " + next }
                    guard let (names, other) = Self.imported(line) else {
                        throw .unknownStatement(module: path, line: line)
                    }
                    let module = try include(Self.resolve(other, from: path))
                    line = "const {\(names.replacing(" as ", with: ": "))} = \(module);"
                } else if line.hasPrefix("export "), !keepingExports {
                    guard let name = Self.exported(line) else {
                        throw .unknownStatement(module: path, line: line)
                    }
                    exports.append(name)
                    line.removeFirst("export ".count)
                }
                result += line + "\n"
            }
            return keepingExports ? result : result + "return { \(exports.joined(separator: ", ")) };\n"
        }

        /// The path of what a module names by a relative one.
        private static func resolve(_ relative: String, from module: String) -> String {
            var parts = module.split(separator: "/").dropLast()
            for part in relative.split(separator: "/") where part != "." {
                if part == ".." { _ = parts.popLast() } else { parts.append(part) }
            }
            return parts.joined(separator: "/")
        }

        /// The names and the path of `import { names } from "./path";`.
        private static func imported(_ line: String) -> (names: String, path: String)? {
            guard line.hasPrefix("import {"), line.hasSuffix("\";"),
                let end = line.range(of: "} from \"./") ?? line.range(of: "} from \"../")
            else { return nil }
            let names = line[..<end.lowerBound].dropFirst("import {".count)
            let path = line[end.lowerBound...].dropFirst("} from \"".count).dropLast(2)
            return (String(names), String(path))
        }

        /// The name that a line exports.
        private static func exported(_ line: String) -> String? {
            var words = line.split(separator: " ").dropFirst()
            if words.first == "async" { words = words.dropFirst() }
            guard let kind = words.popFirst(), ["function", "class", "const"].contains(kind),
                let name = words.first?.prefix(while: { $0.isLetter || $0.isNumber || $0 == "_" }),
                !name.isEmpty
            else { return nil }
            return String(name)
        }
    }
}

extension ModuleBundle {
    private static let made = Mutex<[String: [UInt8]]>([:])

    /// A module of a runtime's folder, or of those that runtimes share, as one file; made once in a program, whose
    /// resources do not change. Nil where there is none.
    static func served(_ name: String, from runtimeFolder: String) -> [UInt8]? {
        let path = runtimeFolder + "/" + name
        if let known = made.withLock({ $0[path] }) { return known }
        let bundle = try? ModuleBundle(of: name) { name in
            PageResources.runtimeFile(name, in: runtimeFolder).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let bytes = bundle.map({ Array($0.text.utf8) }) else { return nil }
        made.withLock { $0[path] = bytes }
        return bytes
    }
}
