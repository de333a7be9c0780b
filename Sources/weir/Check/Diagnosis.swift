import ArgumentParser
import BrowserExecutor
import ChromePipe
import EventLog
import FirefoxBiDi
import Foundation
import Pool
import PoolEngine

/// One thing that Weir needs, and how it stands.
struct Diagnosis {
    let subject: String
    let isFine: Bool
    let detail: String
    /// What to do when it is not fine.
    var remedy = ""
    /// How `weir doctor` ends because of it.
    var exitCode: ExitCode?

    /// Free space below which a log may soon not be appended to, in bytes.
    private static let leastFreeBytes: Int64 = 100 << 20

    static func lmdb() -> Diagnosis {
        Diagnosis(subject: "lmdb", isFine: true, detail: "liblmdb \(EventLog.libraryVersion)")
    }

    static func disk(for path: String) -> Diagnosis {
        var folder = URL(fileURLWithPath: path)
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        let detail = "\(free >> 20) MiB free at \(folder.path)"
        guard free < leastFreeBytes else { return Diagnosis(subject: "disk", isFine: true, detail: detail) }
        return Diagnosis(
            subject: "disk", isFine: false, detail: detail,
            remedy: "make room, or put the log elsewhere with --log", exitCode: ExitStatus.failed)
    }

    static func log(_ location: LogLocation) -> Diagnosis {
        do throws(EventLogError) {
            let reader = try EventLog.openForReading(at: location.path)
            defer { reader.close() }
            return Diagnosis(
                subject: "log", isFine: true, detail: "\(location.path) holds \(try reader.head()) events")
        } catch .notFound {
            return Diagnosis(
                subject: "log", isFine: true, detail: "none yet at \(location.path); weir run makes it")
        } catch {
            return Diagnosis(
                subject: "log", isFine: false, detail: "\(error)", remedy: "see weir verify",
                exitCode: ExitStatus.failed)
        }
    }

    static func browser() async -> [Diagnosis] {
        let installation: BrowserInstallation
        do throws(ChromeNotFound) {
            installation = .chrome(try ChromeLocator().locate())
        } catch {
            return [
                Diagnosis(
                    subject: "browser", isFine: false, detail: "\(error)",
                    remedy: "apt-get install chromium-headless-shell, or set WEIR_CHROME",
                    exitCode: ExitStatus.notInstalled)
            ]
        }
        do {
            let found = try await AdapterProbe.run(installation)
            return [
                Diagnosis(
                    subject: "browser", isFine: true, detail: "\(found.product) at \(installation.path)"),
                adapter(found),
            ] + found.backends.filter { $0.backend != .webgpu }.map(backend)
        } catch {
            return [
                Diagnosis(subject: "browser", isFine: true, detail: installation.path),
                Diagnosis(
                    subject: "adapter", isFine: false, detail: "\(error)",
                    remedy:
                        "use a browser that offers WebGPU; chromium-headless-shell brings a software adapter",
                    exitCode: ExitStatus.notInstalled),
            ]
        }
    }

    /// Firefox, which nothing needs but what asks for it.
    static func firefox() async -> Diagnosis {
        let subject = "firefox"
        do {
            let installation = try FirefoxLocator().locate()
            let found = try await AdapterProbe.run(.firefox(installation))
            let adapter =
                found.adapter.map(Format.adapter) ?? "no WebGPU adapter (mesa-vulkan-drivers has one)"
            return Diagnosis(
                subject: subject, isFine: true, detail: "\(found.product) at \(installation.path), \(adapter)"
            )
        } catch let error as FirefoxNotFound {
            return Diagnosis(subject: subject, isFine: true, detail: "not installed; \(error)")
        } catch {
            return Diagnosis(
                subject: subject, isFine: false, detail: "\(error)",
                remedy: "repair it, or leave \"firefox\" out of what is asked for",
                exitCode: ExitStatus.notInstalled)
        }
    }

    private static func adapter(_ found: AdapterProbe.Found) -> Diagnosis {
        if let adapter = found.adapter {
            return Diagnosis(subject: "adapter", isFine: true, detail: Format.adapter(adapter))
        }
        return Diagnosis(
            subject: "adapter", isFine: false,
            detail: found.backends.first { $0.backend == .webgpu }?.reason ?? "no WebGPU adapter",
            remedy: "use a browser that offers WebGPU; chromium-headless-shell brings a software adapter",
            exitCode: ExitStatus.notInstalled)
    }

    /// A backend beside WebGPU: nothing is missing where the browser does not offer it.
    private static func backend(_ found: BackendSupport) -> Diagnosis {
        let detail = found.refusal == nil ? "offered" : "not offered: \(found.reason)"
        return Diagnosis(subject: found.backend.name.description, isFine: true, detail: detail)
    }

    static func models() -> Diagnosis {
        let entries = ModelCatalog().entries()
        let broken = entries.filter { entry in
            guard case .success(let package) = entry.package else { return true }
            return !package.weightsAreIntact()
        }
        let names = entries.map(\.name).joined(separator: ", ")
        guard broken.isEmpty, !entries.isEmpty else {
            return Diagnosis(
                subject: "models", isFine: false,
                detail: "damaged: \(broken.map(\.name).joined(separator: ", "))",
                remedy: "fetch them again; see weir model list", exitCode: ExitStatus.failed)
        }
        return Diagnosis(subject: "models", isFine: true, detail: names)
    }

    var text: String {
        let gap = String(repeating: " ", count: max(1, 10 - subject.count))
        let mark = isFine ? "ok     " : "MISSING"
        let indent = String(repeating: " ", count: 19)
        var lines = LabelledLines.wrapped(detail, first: "\(subject)\(gap)\(mark)  ", rest: indent)
        if !remedy.isEmpty {
            lines += LabelledLines.wrapped(remedy, first: indent + "→ ", rest: indent + "  ")
        }
        return lines.joined(separator: "\n")
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("subject")
            writer.quoted(subject)
            writer.key("ok")
            writer.raw("\(isFine)")
            writer.key("detail")
            writer.quoted(detail)
            writer.key("remedy")
            if remedy.isEmpty { writer.raw("null") } else { writer.quoted(remedy) }
        }
        return writer.string
    }
}
