import ChromePipe
import Foundation
import NIOCore
import Testing

@testable import FirefoxBiDi

@Suite("What Firefox sends") struct MessageTests {
    private func message(_ text: String) throws -> BiDiMessage { try BiDiMessage(RawJSON(text)) }

    @Test("is an answer, a failure or an event, with its inside as it came")
    func kinds() throws {
        guard case .answer(7, let result) = try message(#"{"type":"success","id":7,"result":{"a":[1]}}"#)
        else {
            Issue.record("no answer")
            return
        }
        #expect(result.description == #"{"a":[1]}"#)
        guard
            case .failure(8, "no such frame: gone") = try message(
                #"{"type":"error","id":8,"error":"no such frame","message":"gone","stacktrace":""}"#)
        else {
            Issue.record("no failure")
            return
        }
        guard
            case .event("browsingContext.load", let parameters) = try message(
                #"{"type":"event","method":"browsingContext.load","params":{"context":"c"}}"#)
        else {
            Issue.record("no event")
            return
        }
        guard case .pageLoaded("c")? = BiDiEvent("browsingContext.load", parameters) else {
            Issue.record("no load")
            return
        }
    }

    @Test(
        "and is neither of them ends the connection with the reason",
        arguments: [
            "", "null", "[]", "{}", #"{"id":1}"#, #"{"type":"success"}"#,
            #"{"type":"success","id":"1","result":{}}"#,
            #"{"type":"event","params":{}}"#, #"{"type":"error","message":"not JSON"}"#,
            #"{"type":"success","id":1"#,
            "\u{0}\u{1}",
        ])
    func violations(_ text: String) {
        #expect(throws: BiDiMessage.Violation.self) { try message(text) }
    }

    @Test("of events is taken only where it has the shape that is expected")
    func shapes() {
        for (name, parameters) in [
            ("browsingContext.load", "{}"), ("browsingContext.contextDestroyed", #"{"context":1}"#),
            (
                "network.beforeRequestSent",
                #"{"isBlocked":false,"request":{"request":"1","url":"u","method":"GET"}}"#
            ),
            ("network.beforeRequestSent", #"{"isBlocked":true}"#), ("log.entryAdded", "{}"),
        ] {
            #expect(BiDiEvent(name, RawJSON(parameters)) == nil, "\(name)")
        }
    }

    @Test("about where it listens is a line of its standard error")
    func addresses() {
        let address = BiDiAddress(announcedBy: "WebDriver BiDi listening on ws://127.0.0.1:35405")
        #expect(address?.host == "127.0.0.1")
        #expect(address?.port == 35405)
        for line in [
            "", "DevTools listening on ws://127.0.0.1:1/", "WebDriver BiDi listening on ws://127.0.0.1",
            "WebDriver BiDi listening on ws://127.0.0.1:0",
            "WebDriver BiDi listening on ws://127.0.0.1:70000",
            "WebDriver BiDi listening on ws://",
        ] {
            #expect(BiDiAddress(announcedBy: line) == nil, "\(line)")
        }
    }

    @Test("carries bytes in base64, which no other encoder sees")
    func response() throws {
        let method = BiDi.Network.ProvideResponse(
            request: "r\"1", statusCode: 200,
            headers: [.init(name: "Content-Type", value: .init(value: "text/plain"))],
            body: Array("body".utf8))
        var text = Data()
        try method.encodeParameters(into: &text)
        let object = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        #expect(object["request"] as? String == "r\"1")
        #expect(object["statusCode"] as? Int == 200)
        #expect((object["body"] as? [String: String]) == ["type": "base64", "value": "Ym9keQ=="])
        #expect((object["headers"] as? [[String: Any]])?.first?["name"] as? String == "Content-Type")
    }
}

extension BiDiEvent: Equatable {
    /// Enough to tell none from one.
    public static func == (left: BiDiEvent, right: BiDiEvent) -> Bool { "\(left)" == "\(right)" }
}

@Suite("Firefox is found") struct FirefoxLocatorTests {
    @Test("where WEIR_FIREFOX says, and nowhere else then")
    func named() throws {
        let found = try FirefoxLocator(environment: ["WEIR_FIREFOX": "/bin/true"]).locate()
        #expect(found == FirefoxInstallation(path: "/bin/true"))
        for path in ["", "/etc", "/etc/passwd", "/no/such/firefox"] {
            let error = #expect(throws: FirefoxNotFound.self) {
                try FirefoxLocator(environment: ["WEIR_FIREFOX": path]).locate()
            }
            #expect(error?.tried == ["WEIR_FIREFOX=\(path)"])
        }
    }

    @Test("nowhere: the error names every place and how to install it")
    func nowhere() throws {
        let error = try #require(throws: FirefoxNotFound.self) {
            try FirefoxLocator(environment: [:], root: "/nonexistent").locate()
        }
        #expect(error.tried.contains("/nonexistent/usr/lib/firefox-esr/firefox-esr"))
        #expect("\(error)".contains("apt-get install firefox-esr"))
    }
}
