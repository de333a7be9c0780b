import LogWorkload
import Measuring

/// Weir's log and what one could use in its place, in turn in one run: a table in Markdown, losses included.
@main
struct LogBenchmark {
    static func main() async {
        await benchmark { try run(Options(CommandLine.arguments.dropFirst())) }
    }

    private static func run(_ options: Options) throws {
        let workspace = try Workspace(in: options.folder)
        defer { workspace.remove() }
        let mix = EventMix()
        for section in options.sections {
            switch section {
            case .append: try AppendSection(options: options, workspace: workspace, mix: mix).run()
            case .writers: try WritersSection(options: options, workspace: workspace, mix: mix).run()
            case .scan: try ScanSection(options: options, workspace: workspace, mix: mix).run()
            case .size: try SizeSection(options: options, workspace: workspace, mix: mix).run()
            case .fold: try FoldSection(options: options, workspace: workspace).run()
            case .open: try OpenSection(options: options, workspace: workspace).run()
            }
        }
    }
}
