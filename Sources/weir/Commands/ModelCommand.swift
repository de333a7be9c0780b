import ArgumentParser
import BrowserExecutor
import Pool

/// `weir model`.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Lists, inspects and adds the models that can be run.",
        discussion: """
            Models come with Weir or are found in the cache: WEIR_CACHE, else the XDG cache folder.

            Example: weir model inspect digits
            """,
        subcommands: [List.self, Inspect.self, ModelAddCommand.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the models found.", discussion: "Example: weir model list --json")
        @Flag(name: .long, help: "Print a JSON array.") var json = false

        func run() async throws {
            let entries = ModelCatalog().entries()
            if json {
                return Terminal.print("[" + entries.map(ModelListing.json).joined(separator: ",") + "]")
            }
            var table = TextTable(["MODEL", "FAMILY", "RUNTIME", "ORIGIN", "SHA-256", "STATUS"])
            for entry in entries { table.add(ModelListing.row(entry), note: ModelListing.note(entry)) }
            Terminal.print(table.text)
        }
    }

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one model and checks its weights.",
            discussion: "Example: weir model inspect digits")
        @Argument(help: "The model's name.") var name: String
        @Flag(name: .long, help: "Print one JSON object.") var json = false

        func run() async throws {
            guard let entry = ModelCatalog().entries().first(where: { $0.name == name }) else {
                let known = ModelCatalog().entries().map(\.name).joined(separator: ", ")
                throw UsageError("no model is called \"\(name)\"; found are \(known)")
            }
            let package: ModelPackage
            do {
                package = try entry.package.get()
            } catch {
                throw FailedError("\(error)")
            }
            Terminal.print(json ? ModelListing.json(entry) : ModelListing.text(package))
            if !package.weightsAreIntact() {
                throw FailedError("the weights of \(name) are not those that its manifest names")
            }
        }
    }
}

/// Models, for people and for programs.
enum ModelListing {
    static func row(_ entry: ModelCatalog.Entry) -> [String] {
        let origin = entry.isEmbedded ? "embedded" : "cache"
        switch entry.package {
        case .success(let package):
            return [
                entry.name, "\(package.family.name)", package.manifest.runtime, origin,
                String(package.digest.description.prefix(12)),
                package.weightsAreIntact() ? "ok" : "weights damaged",
            ]
        case .failure: return [entry.name, "-", "-", origin, "-", "unusable"]
        }
    }

    /// Why a model cannot be used.
    static func note(_ entry: ModelCatalog.Entry) -> String {
        guard case .failure(let error) = entry.package else { return "" }
        return "\(error)"
    }

    static func text(_ package: ModelPackage) -> String {
        let manifest = package.manifest
        var lines = LabelledLines()
        lines.add("name", manifest.name)
        lines.add("", manifest.description)
        lines.add("family", "\(manifest.family), runtime \(manifest.runtime)")
        lines.add("sha-256", package.digest.description)
        lines.add("weights", "\(manifest.weights.bytes) bytes, sha-256 \(manifest.weights.sha256)")
        lines.add("input", input(manifest.input))
        let classes = manifest.output.classes.map { " of " + $0.joined(separator: ", ") } ?? ""
        lines.add("output", "\(manifest.output.kind.rawValue)\(classes)")
        if let accuracy = manifest.accuracy {
            let share = Format.fixed(accuracy.value * 100, 2)
            lines.add("accuracy", "\(share) % (\(accuracy.correct) of \(accuracy.images) held-out inputs)")
        }
        if let licence = manifest.licence {
            lines.add("licence", "weights \(licence.weights), data \(licence.data)\n\(licence.attribution)")
        }
        lines.add("folder", package.folder)
        return lines.text
    }

    /// What a model takes.
    private static func input(_ input: ModelManifest.Input) -> String {
        let shape = (input.shape ?? []).map(String.init).joined(separator: "×")
        return switch input.kind ?? .values {
        case .values: "\(shape), each from \(input.minimum) to \(input.maximum)"
        case .tokens: "text, at most \(shape) tokens"
        case .samples:
            input.samples.map { "WAV files; an item is a chunk of \($0.chunk) samples at \($0.rate) Hz" }
                ?? "WAV files"
        case .image:
            if let size = input.image?.fit {
                "PNG and JPEG images, fitted into \(size.width)×\(size.height)"
            } else {
                "PNG and JPEG images, the shorter side at least \(input.image?.limit?.shortest ?? 1)"
            }
        }
    }

    static func json(_ entry: ModelCatalog.Entry) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("name")
            writer.quoted(entry.name)
            writer.key("embedded")
            writer.raw("\(entry.isEmbedded)")
            switch entry.package {
            case .success(let package):
                writer.key("family")
                writer.quoted(package.manifest.family)
                writer.key("runtime")
                writer.quoted(package.manifest.runtime)
                writer.key("sha256")
                writer.quoted(package.digest.description)
                writer.key("weights_intact")
                writer.raw("\(package.weightsAreIntact())")
                writer.key("folder")
                writer.quoted(package.folder)
            case .failure(let error):
                writer.key("error")
                writer.quoted("\(error)")
            }
        }
        return writer.string
    }
}
