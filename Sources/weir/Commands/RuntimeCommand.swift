import ArgumentParser
import BrowserExecutor
import Pool

/// `weir runtime`.
struct RuntimeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime",
        abstract: "Lists the in-page runtimes, and adds those that do not come with Weir.",
        discussion: """
            The runtime wgsl comes with Weir. ONNX models need onnxruntime-web, which is kept in the cache: WEIR_CACHE, \
            else the XDG cache folder.

            Example: weir runtime add onnxruntime-web
            """,
        subcommands: [List.self, Add.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the runtimes found.", discussion: "Example: weir runtime list --json")
        @Flag(name: .long, help: "Print a JSON array.") var json = false

        func run() async throws {
            let found = RuntimeInstallation.all(of: OnnxModel.runtime, in: ModelCatalog())
            if json {
                let listed = [RuntimeListing.embedded] + found.map(RuntimeListing.json)
                return Terminal.print("[" + listed.joined(separator: ",") + "]")
            }
            var table = TextTable(["RUNTIME", "VERSION", "BACKENDS", "SHA-256", "STATUS"])
            table.add(["wgsl", "1", "webgpu", "-", "ok"])
            for runtime in found { table.add(RuntimeListing.row(runtime)) }
            if found.isEmpty {
                table.add(
                    [OnnxModel.runtime, "-", "webgpu cpu", "-", "missing"],
                    note: "weir runtime add \(OnnxModel.runtime)")
            }
            Terminal.print(table.text)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gets a runtime into the cache.",
            discussion: """
                Without --from it is the version that Weir pins by SHA-256, from where pip is configured to look (PyPI, if nothing else is said); a fetch that is broken off is continued by the next. With --from it is what \
                the wheel, npm tarball or folder holds; its digests are recorded.

                Example: weir runtime add onnxruntime-web --from onnxruntime-web-1.22.0.tgz
                """)
        @Argument(help: "The runtime's name: onnxruntime-web.") var name: String
        @Option(
            name: .long, help: ArgumentHelp("A wheel, an npm tarball or a folder.", valueName: "path"))
        var from: String?
        @Flag(name: .long, help: "Print one JSON object.") var json = false

        func run() async throws {
            let pin = RuntimePin.onnxRuntimeWeb
            guard name == pin.name else {
                throw UsageError("no runtime to add is called \"\(name)\"; known is \"\(pin.name)\"")
            }
            let line = FetchLine(of: "\(pin.name) \(pin.version)")
            let installer = RuntimeInstaller(pin, into: ModelCatalog()) { line.show($0) }
            let outcome: RuntimeInstaller.Outcome
            do {
                defer { line.end() }
                outcome = try from.map { try installer.install(from: $0) } ?? installer.installPinned()
            } catch FetchError.pipMissing {
                throw NotInstalledError("\(FetchError.pipMissing)")
            } catch let error as FetchError {
                throw FailedError("\(error)")
            } catch let error as RuntimeInstallError {
                throw FailedError("\(error)")
            } catch let error as ModelImportError {
                throw FailedError("\(error)")
            }
            switch outcome {
            case .installed(let runtime):
                Terminal.print(
                    json ? RuntimeListing.json(runtime) : RuntimeListing.text(runtime, isNew: true))
            case .present(let runtime):
                Terminal.print(
                    json ? RuntimeListing.json(runtime) : RuntimeListing.text(runtime, isNew: false))
            }
        }
    }
}

/// Runtimes, for people and for programs.
enum RuntimeListing {
    static let embedded = #"{"name":"wgsl","version":"1","embedded":true,"intact":true}"#

    static func row(_ runtime: RuntimeInstallation) -> [String] {
        [
            runtime.name, runtime.record.version, "webgpu cpu",
            String(runtime.digest.description.prefix(12)), runtime.isIntact ? "ok" : "damaged",
        ]
    }

    static func text(_ runtime: RuntimeInstallation, isNew: Bool) -> String {
        var lines = LabelledLines()
        lines.add("runtime", runtime.description + (isNew ? "" : ", was there already"))
        lines.add("source", runtime.record.source + (runtime.record.pinned ? ", pinned" : ", not pinned"))
        for file in [runtime.record.script, runtime.record.wasm] {
            lines.add(file.name, "\(file.bytes) bytes, sha-256 \(file.sha256)")
        }
        lines.add("folder", runtime.folder)
        return lines.text
    }

    static func json(_ runtime: RuntimeInstallation) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            for (key, value) in [
                ("name", runtime.name), ("version", runtime.record.version),
                ("sha256", runtime.digest.description), ("source", runtime.record.source),
                ("folder", runtime.folder),
            ] {
                writer.key(key)
                writer.quoted(value)
            }
            for (key, value) in [
                ("embedded", false), ("pinned", runtime.record.pinned), ("intact", runtime.isIntact),
            ] {
                writer.key(key)
                writer.raw("\(value)")
            }
        }
        return writer.string
    }
}
