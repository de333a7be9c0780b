import Foundation

/// The preferences of a private profile.
enum FirefoxPreferences {
    private static let values: [(name: String, value: String)] = [
        // WebGPU, which is off by default on Linux, also on a software adapter.
        ("dom.webgpu.enabled", "true"),
        ("gfx.webgpu.ignore-blocklist", "true"),
        // A page works at full speed wherever its window stands.
        ("dom.min_background_timeout_value", "4"),
        ("dom.timeout.enable_budget_timer_throttling", "false"),
        // No process waits for a page that nobody will open.
        ("dom.ipc.processPrelaunch.enabled", "false"),
        ("browser.newtab.preload", "false"),
        ("browser.newtabpage.enabled", "false"),
        ("browser.startup.page", "0"),
        ("browser.aboutwelcome.enabled", "false"),
        ("browser.shell.checkDefaultBrowser", "false"),
        ("browser.sessionstore.resume_from_crash", "false"),
        // A script that runs long is the pool's business.
        ("dom.max_script_run_time", "0"),
        // Nothing goes to the network: what is not answered here meets a closed port. Pages are answered before that.
        ("network.proxy.type", "1"),
        ("network.proxy.http", #""127.0.0.1""#),
        ("network.proxy.http_port", "9"),
        ("network.proxy.ssl", #""127.0.0.1""#),
        ("network.proxy.ssl_port", "9"),
        ("network.captive-portal-service.enabled", "false"),
        ("network.connectivity-service.enabled", "false"),
        ("services.settings.server", #""data:,#none""#),
        ("app.normandy.enabled", "false"),
        ("app.update.auto", "false"),
        ("extensions.update.enabled", "false"),
        ("datareporting.policy.dataSubmissionEnabled", "false"),
        ("toolkit.telemetry.enabled", "false"),
    ]

    /// Writes them into a profile folder.
    static func write(to folder: String) throws {
        let lines = values.map { "user_pref(\"\($0.name)\", \($0.value));\n" }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: folder + "/user.js"))
    }
}
