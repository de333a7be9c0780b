import ChromePipe
import Foundation
import Pool
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("Large files of a model") struct FileCaches {
        /// A folder of kernels whose one step picks the first element of each of four blocks of a table.
        private struct TableModel {
            static let blockBytes = 1 << 20
            let folder: TemporaryFolder
            let blocks: Int

            var table: String { folder.path + "/table.bin" }
            var bytes: Int { blocks * Self.blockBytes }

            init(blocks: Int) throws {
                folder = try TemporaryFolder()
                self.blocks = blocks
                try folder.write("", to: "table.bin")
                let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/table.bin"))
                defer { try? file.close() }
                var block = Data((0..<Self.blockBytes).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 9) })
                for number in 0..<blocks {
                    block.replaceSubrange(0..<4, with: [UInt8(number), 0, 0, 0])
                    try file.write(contentsOf: block)
                }
                try folder.write(
                    """
                    @group(0) @binding(0) var<storage, read> table: array<u32>;
                    @group(0) @binding(1) var<storage, read_write> picked: array<u32>;
                    @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) {
                      picked[id.x] = table[id.x * \(blocks / 4 * Self.blockBytes / 4)u];
                    }
                    """, to: "pick.wgsl")
                try folder.write(
                    """
                    {"format_version": 1, "kind": "kernels", "name": "table", "family": "vision",
                     "tensors": {"table": {"type": "u32", "shape": [\(blocks * Self.blockBytes / 4)],
                                           "file": "table.bin"},
                                 "picked": {"type": "u32", "shape": [4]}},
                     "steps": [{"kernel": "pick.wgsl", "workgroups": [1],
                                "bindings": [{"binding": 0, "tensor": "table", "access": "read"},
                                             {"binding": 1, "tensor": "picked", "access": "read_write"}]}],
                     "outputs": ["picked"]}
                    """, to: "model.json")
            }

            /// Turns a bit of the table over, or back.
            func alter(byte: Int) throws {
                let file = try FileHandle(forUpdating: URL(fileURLWithPath: table))
                defer { try? file.close() }
                try file.seek(toOffset: UInt64(byte))
                let old = try #require(try file.read(upToCount: 1)?.first)
                try file.seek(toOffset: UInt64(byte))
                try file.write(contentsOf: [old ^ 0x10])
            }

            /// What the page picks.
            func run(_ model: KernelModel, in page: RuntimePage) async throws -> [Double] {
                let answer = try await page.run(model, inputs: nil, item: 0, deadline: .seconds(20))
                return try #require(answer.outputs.first?.tensors.first?.tensor).values
            }

            var expected: [Double] { (0..<4).map { Double($0 * (blocks / 4)) } }
        }

        private static let deadline: Duration = .seconds(60)

        private func withBrowser(_ body: (Chrome, RuntimePage) async throws -> Void) async throws {
            let chrome = try await Chrome.launch(try ChromeLocator().locate(), .forThisMachine)
            do {
                try await body(
                    chrome, try await RuntimePage.open(in: chrome, runtime: "wgsl", deadline: .seconds(20)))
            } catch {
                await chrome.close()
                throw error
            }
            await chrome.close()
        }

        /// Waits until a file of the model has found its way into the cache.
        private func waitUntilKept(_ sha256: String, in page: RuntimePage) async throws {
            let end = ContinuousClock.now + Self.deadline
            let question =
                "caches.open('weir-files').then(c => c.match('/cached/\(sha256)')).then(r => r !== undefined)"
            while try await page.session.evaluate(question, deadline: .seconds(20)).description != "true" {
                try #require(ContinuousClock.now < end, "the file is not in the cache")
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        @Test("come through the pipe once for a browser, whole and unaltered: 150 MB")
        func once() async throws {
            let table = try TableModel(blocks: 144)
            #expect(table.bytes > 150_000_000)
            let model = try KernelModel(folder: table.folder.path)
            let file = try #require(model.manifest.pageFiles.first { $0.file == "table.bin" })
            let kernel = try #require(model.manifest.pageFiles.first { $0.file == "pick.wgsl" })
            let path = PageResources.filePath(file.sha256)
            try await withBrowser { chrome, page in
                try table.alter(byte: 100_000_001)
                let fault = await #expect(throws: PageFault.self) {
                    try await page.load(model, deadline: Self.deadline)
                }
                #expect(fault?.kind == "digest_mismatch")
                #expect(fault?.message.contains("table.bin") == true, "\(String(describing: fault))")
                try table.alter(byte: 100_000_001)

                let cold = try await page.load(model, deadline: Self.deadline)
                #expect(cold.cold)
                #expect(cold.fetchedBytes == table.bytes + kernel.bytes)
                let isShort = RuntimePage.short(model.manifestBytes) != nil
                let fetched = page.resources.servedBytes(of: PageResources.manifestPath(model.digest))
                #expect((fetched == 0) == isShort, "\(model.manifestBytes.count) bytes")
                #expect(page.resources.servedBytes(of: path) == 2 * table.bytes)
                #expect(try await table.run(model, in: page) == table.expected)
                try await waitUntilKept(file.sha256, in: page)
                #expect(try await page.load(model, deadline: Self.deadline).fetchedBytes == 0)

                try await page.session.navigateAgain(deadline: Self.deadline)
                let again = try await page.load(model, deadline: Self.deadline)
                #expect(again.cold)
                #expect(again.fetchedBytes == kernel.bytes)
                #expect(page.resources.servedBytes(of: path) == 2 * table.bytes)
                #expect(try await table.run(model, in: page) == table.expected)

                let second = try await RuntimePage.open(in: chrome, runtime: "wgsl", deadline: .seconds(20))
                #expect(try await second.load(model, deadline: Self.deadline).fetchedBytes == kernel.bytes)
                #expect(second.resources.servedBytes(of: path) == 0)
                #expect(try await table.run(model, in: second) == table.expected)
            }
        }

        @Test("are fetched anew when the cache does not hold them any more as they were")
        func damagedCache() async throws {
            let table = try TableModel(blocks: 4)
            let model = try KernelModel(folder: table.folder.path)
            let file = try #require(model.manifest.pageFiles.first { $0.file == "table.bin" })
            try await withBrowser { _, page in
                _ = try await page.load(model, deadline: Self.deadline)
                try await waitUntilKept(file.sha256, in: page)
                for damage in ["new Uint8Array(\(table.bytes))", "new Uint8Array(7)"] {
                    let put =
                        "caches.open('weir-files').then(c => c.put('/cached/\(file.sha256)', new Response(\(damage))))"
                    _ = try await page.session.evaluate(put, deadline: .seconds(20))
                    try await page.session.navigateAgain(deadline: Self.deadline)
                    #expect(try await page.load(model, deadline: Self.deadline).fetchedBytes > table.bytes)
                    #expect(try await table.run(model, in: page) == table.expected)
                    try await waitUntilKept(file.sha256, in: page)
                }
                try await page.session.navigateAgain(deadline: Self.deadline)
                #expect(try await page.load(model, deadline: Self.deadline).fetchedBytes < table.bytes)
            }
        }

        @Test("do not come through the pipe again after the loss of the device")
        func deviceLoss() async throws {
            let table = try TableModel(blocks: 4)
            let model = try KernelModel(folder: table.folder.path)
            let file = try #require(model.manifest.pageFiles.first { $0.file == "table.bin" })
            try await withBrowser { chrome, page in
                _ = try await page.load(model, deadline: Self.deadline)
                try await waitUntilKept(file.sha256, in: page)
                for process in try await chrome.processInfo() where process.type == "GPU" {
                    kill(process.id, SIGKILL)
                }
                let end = ContinuousClock.now + Self.deadline
                var loaded = try await page.load(model, deadline: Self.deadline)
                while !loaded.cold {
                    try #require(ContinuousClock.now < end, "the loss was not noticed")
                    try await Task.sleep(for: .milliseconds(20))
                    loaded = try await page.load(model, deadline: Self.deadline)
                }
                #expect(loaded.fetchedBytes < table.bytes)
                #expect(page.resources.servedBytes(of: PageResources.filePath(file.sha256)) == table.bytes)
                #expect(try await table.run(model, in: page) == table.expected)
            }
        }
    }
}
