import ArgumentParser

/// `weir log`.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Prints the events of the log, and keeps the log itself.",
        discussion: """
            Without a subcommand, events are printed: see weir log show --help. The other subcommands check, count, \
            copy and shorten the log; reading ones work while another process writes.

            Examples:
              weir log --task 3
              weir log --type browser_failed --type recovery_began --json
              weir log backup /backups/today
              weir log retain --keep-days 30
            """,
        subcommands: [
            LogShowCommand.self, LogVerifyCommand.self, LogStatsCommand.self, LogBackupCommand.self,
            LogExportCommand.self, LogImportCommand.self, LogRetainCommand.self,
        ],
        defaultSubcommand: LogShowCommand.self)
}
