import ArgumentParser

/// How a run ended: what is printed of it, and the exit code; nil for 0.
struct RunEnding {
    var output: String
    var exit: ExitCode?
}
