import Foundation
import Pool

/// What a folder of kernels computes and with what: the checked contents of its `model.json`.
///
/// Encoded it is the canonical manifest: members sorted, every default written out, every file with its length and
/// SHA-256. The in-page runtime reads this form, and its SHA-256 is the model's digest.
struct KernelManifest: Sendable, Equatable, Encodable {
    static let formatVersion = 1
    static let kind = "kernels"

    var name: String
    var family: String
    var description: String
    var tensors: [String: KernelTensor]
    /// Worked off in order.
    var steps: [Group]
    /// Tensors that an item fills.
    var inputs: [String]
    /// Tensors that are read back.
    var outputs: [String]
    /// Features that the device must have, by WebGPU's names.
    var features: [String]
    /// Limits that the device must have, by WebGPU's names.
    var limits: [String: Int]
    var references: [Reference]
    var tolerance: Tolerance

    /// Dispatches that are done in order, as often as said.
    struct Group: Sendable, Equatable, Encodable {
        var times: Int
        var dispatches: [Dispatch]
    }

    /// One kernel on its tensors.
    struct Dispatch: Sendable, Equatable, Encodable {
        var name: String
        var kernel: File
        var entryPoint: String
        /// All of group 0.
        var bindings: [Binding]
        /// Override constants by name or number.
        var constants: [String: Double]
        /// In x, y and z.
        var workgroups: [Int]

        enum CodingKeys: String, CodingKey {
            case name, kernel, bindings, constants, workgroups
            case entryPoint = "entry_point"
        }
    }

    struct Binding: Sendable, Equatable, Encodable {
        var binding: Int
        var tensor: String
        var access: Access
    }

    /// How a kernel sees a tensor: `var<storage, read>`, `var<storage, read_write>` or `var<uniform>`.
    enum Access: String, Sendable, CaseIterable, Encodable {
        case read, uniform
        case readWrite = "read_write"
    }

    /// A file of the folder.
    struct File: Sendable, Equatable, Hashable, Encodable {
        /// Path within the folder.
        var file: String
        var bytes: Int
        /// SHA-256 in lower-case hexadecimal.
        var sha256: String
    }

    /// Contents of a tensor: a part of a file, or the bytes that the manifest itself gives.
    enum Contents: Sendable, Equatable, Encodable {
        case file(File, Range<Int>)
        case literal([UInt8])

        private enum CodingKeys: String, CodingKey { case offset, length }

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .file(let file, let part):
                try file.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(part.lowerBound, forKey: .offset)
                try container.encode(part.count, forKey: .length)
            case .literal(let bytes): try ["base64": Data(bytes)].encode(to: encoder)
            }
        }
    }

    /// Contents of the inputs of one item, and the outputs that are right for them, if known.
    struct Reference: Sendable, Equatable, Encodable {
        var name: String
        var inputs: [String: Contents]
        var outputs: [String: Contents]?
    }

    enum CodingKeys: String, CodingKey {
        case kind, name, family, runtime, description, tensors, steps, inputs, outputs, features, limits
        case references, rtol, atol
        case formatVersion = "format_version"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.formatVersion, forKey: .formatVersion)
        try container.encode(Self.kind, forKey: .kind)
        try container.encode(name, forKey: .name)
        try container.encode(family, forKey: .family)
        try container.encode("wgsl", forKey: .runtime)
        try container.encode(description, forKey: .description)
        try container.encode(tensors, forKey: .tensors)
        try container.encode(steps, forKey: .steps)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(outputs, forKey: .outputs)
        try container.encode(features, forKey: .features)
        try container.encode(limits, forKey: .limits)
        try container.encode(references, forKey: .references)
        try container.encode(tolerance.relative, forKey: .rtol)
        try container.encode(tolerance.absolute, forKey: .atol)
    }

    func canonicalBytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    /// The files that a page needs: kernels and contents of tensors.
    var pageFiles: Set<File> {
        var files = Set(steps.flatMap { $0.dispatches.map(\.kernel) })
        for tensor in tensors.values {
            if case .file(let file, _) = tensor.contents { files.insert(file) }
        }
        return files
    }

    /// Every file that it names.
    var files: Set<File> {
        var files = pageFiles
        for contents in references.flatMap({ Array($0.inputs.values) + Array(($0.outputs ?? [:]).values) }) {
            if case .file(let file, _) = contents { files.insert(file) }
        }
        return files
    }
}

/// A tensor of a folder of kernels: one buffer.
struct KernelTensor: Sendable, Equatable, Encodable {
    var type: Element
    var shape: [Int]
    /// What it holds when an item begins; nil for zeros.
    var contents: KernelManifest.Contents?

    /// Most bytes of one tensor: what a page fetches as one file.
    static let byteLimit = 1 << 30

    /// The types that WGSL has for elements in memory (WGSL, section 6.4.3, host-shareable types), by its names.
    enum Element: String, Sendable, CaseIterable, Encodable {
        case f32, i32, u32, f16

        var size: Int { elementType.size }

        var elementType: ElementType {
            switch self {
            case .f32: .float32
            case .i32: .int32
            case .u32: .uint32
            case .f16: .float16
            }
        }

        /// The little-endian bytes of numbers; nil when one is not of this type.
        func bytes(of numbers: [Double]) -> [UInt8]? {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(numbers.count * size)
            for number in numbers {
                switch self {
                case .f32:
                    let value = Float(number)
                    guard value.isFinite else { return nil }
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
                case .f16:
                    let value = Float16(number)
                    guard value.isFinite else { return nil }
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
                case .i32:
                    guard let value = Int32(exactly: number) else { return nil }
                    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
                case .u32:
                    guard let value = UInt32(exactly: number) else { return nil }
                    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
                }
            }
            return bytes
        }
    }

    var elementCount: Int { shape.reduce(1, *) }
    var byteCount: Int { elementCount * type.size }

    func tensor(named name: String, _ bytes: [UInt8]) -> Tensor {
        Tensor(name: name, type: type.elementType, dims: shape, bytes: bytes)
    }
}
