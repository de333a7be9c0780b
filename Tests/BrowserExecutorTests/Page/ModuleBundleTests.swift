import Foundation
import Testing

@testable import BrowserExecutor

@Suite("A bundle of modules") struct ModuleBundleTests {
    private func bundle(_ files: [String: String]) throws(ModuleBundle.Failure) -> String {
        try ModuleBundle(of: "main.js") { files[$0] }.text
    }

    @Test("has each module once, before those that import it, and keeps what the first exports")
    func order() throws {
        let text = try bundle([
            "main.js":
                "import { b } from \"./b.js\";\nimport { c as d } from \"./parts/c.js\";\nexport const e = b + d;\n",
            "b.js": "import { a } from \"./a.js\";\nexport const b = a;\n",
            "parts/c.js":
                "import {\n  a,\n} from \"../a.js\";\n\nexport function c() {\n  return a;\n}\nexport async function f() {}\n",
            "a.js": "const hidden = 1;\nexport const a = hidden;\nexport class Thing {}\n",
        ])
        #expect(
            text == """
                const $a_js = (() => {
                const hidden = 1;
                const a = hidden;
                class Thing {}
                return { a, Thing };
                })();
                const $b_js = (() => {
                const { a } = $a_js;
                const b = a;
                return { b };
                })();
                const $parts_c_js = (() => {
                const {   a, } = $a_js;

                function c() {
                  return a;
                }
                async function f() {}
                return { c, f };
                })();
                const { b } = $b_js;
                const { c: d } = $parts_c_js;
                export const e = b + d;

                """)
    }

    @Test("is refused where a module is missing, imports itself, or has another kind of statement")
    func refused() {
        #expect(throws: ModuleBundle.Failure.missing("a.js")) {
            try bundle(["main.js": "import { a } from \"./a.js\";\n"])
        }
        #expect(throws: ModuleBundle.Failure.circular("a.js")) {
            try bundle([
                "main.js": "import { a } from \"./a.js\";\n", "a.js": "import { b } from \"./b.js\";\n",
                "b.js": "import { a } from \"./a.js\";\n",
            ])
        }
        for line in ["import a from \"./a.js\";", "import { a } from \"a\";", "import \"./a.js\";"] {
            #expect(throws: ModuleBundle.Failure.unknownStatement(module: "main.js", line: line)) {
                try bundle(["main.js": line + "\n", "a.js": ""])
            }
        }
        for line in ["export default 1;", "export { a };", "export let a = 1;"] {
            #expect(throws: ModuleBundle.Failure.unknownStatement(module: "a.js", line: line)) {
                try bundle(["main.js": "import { a } from \"./a.js\";\n", "a.js": line + "\n"])
            }
        }
    }

    @Test(
        "can be made of every runtime",
        arguments: ["wgsl/wgsl.js", "onnxruntime-web/onnxruntime-web.js", "canary/canary.js"])
    func runtimes(_ path: String) throws {
        let parts = path.split(separator: "/").map(String.init)
        let folder = Resources.runtime(parts[0])
        let served = try #require(ModuleBundle.served(parts[1], from: folder))
        let text = String(decoding: served, as: UTF8.self)
        #expect(!text.contains("\nimport "))
        #expect(
            text.hasSuffix(
                try String(contentsOfFile: folder + "/" + parts[1], encoding: .utf8).suffix(200)))
    }
}
