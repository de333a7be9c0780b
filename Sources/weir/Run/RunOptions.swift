import ArgumentParser
import Pool

/// The options of `weir run`.
struct RunOptions: ParsableArguments {
    @Argument(
        help:
            "The model to run (see `weir model`; default: digits), or the path of an ONNX model or a folder of kernels."
    )
    var model: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Inputs, as the model takes them: a .csv or .pgm file, one text a line (- is standard input), a WAV file, a PNG "
                + "or JPEG image; for a path to an ONNX model an .npy, .npz or .json file, or a folder of input_M.pb; "
                + "may be given again. Default: the model's held-out inputs.",
            valueName: "file"))
    var input: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Runs every ONNX model of a tree of folders in ONNX's test layout and compares its outputs.",
            valueName: "dir"))
    var suite: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What is known not to pass of a suite: a JSON file, or the name of a list that comes with Weir "
                + "(libonnx-testdata).",
            valueName: "file"))
    var expectations: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "ONNX models: the right outputs for an --input, an .npy, .npz or .json file; once for each --input.",
            valueName: "file"))
    var expect: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A text, for a model that takes text; may be given again.", valueName: "text"))
    var text: [String] = []

    @Option(name: .long, help: ArgumentHelp("The task's configuration, a JSON file.", valueName: "file"))
    var task: String?

    @Option(name: .long, help: ArgumentHelp("The pool's configuration, a JSON file.", valueName: "file"))
    var config: String?

    @Option(name: .long, help: "Number of items; inputs repeat cyclically (default: one per input).")
    var items: Int?

    @Option(name: .long, help: "Submit it this many times, as tasks of their own (default: 1).")
    var tasks: Int?

    @Option(name: .long, help: "Browsers to launch and keep (default: 1).")
    var browsers: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A kind of browser: headless_shell, chromium, chrome, edge, firefox; given again, the pool has as many of each "
                + "(default: what the configuration prefers for the model's family, else the first one found).",
            valueName: "kind"))
    var browser: [String] = []

    @Option(
        name: .long,
        help:
            "Backend, in order of preference; may be given again (default: webgpu; then cpu for sound and images)."
    )
    var backend: [Backend] = []

    @Flag(name: .long, help: "Fail where the first backend cannot be used, rather than go on with the next.")
    var strictBackend = false

    @Option(
        name: .long,
        help: "ONNX models and kernels: largest relative difference from an expected output (default: 1e-3)."
    )
    var rtol: Double?

    @Option(
        name: .long, help: "ONNX models and kernels: largest absolute difference beside it (default: 1e-7).")
    var atol: Double?

    @Option(name: .long, help: "ONNX models: the model's family (default: vision).")
    var family: String?

    @Option(
        name: .long, help: ArgumentHelp("Go on with an unfinished task of this log.", valueName: "task-id"))
    var resume: UInt64?
}

extension Backend: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
    public static var allValueStrings: [String] { names }
}
