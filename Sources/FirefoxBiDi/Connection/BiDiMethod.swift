import Foundation

/// A command of WebDriver BiDi (W3C), with its parameters.
protocol BiDiMethod: Encodable, Sendable {
    /// Its name, such as `script.evaluate`.
    static var name: String { get }

    /// Appends the parameters as a JSON object.
    func encodeParameters(into text: inout Data) throws
}

extension BiDiMethod {
    func encodeParameters(into text: inout Data) throws { text += try JSONEncoder().encode(self) }
}

/// The commands that are used, by their modules.
enum BiDi {
    enum Session {
        /// Begins the session, of which a connection has one.
        struct New: BiDiMethod {
            static let name = "session.new"
            struct Capabilities: Encodable {
                struct AlwaysMatch: Encodable { let acceptInsecureCerts = true }
                let alwaysMatch = AlwaysMatch()
            }
            let capabilities = Capabilities()

            /// What the browser says that it is.
            struct Response: Decodable {
                struct Capabilities: Decodable { let browserName, browserVersion: String }
                let capabilities: Capabilities
            }
        }

        /// Asks whether the browser takes another session: the cheapest command that it answers itself.
        struct Status: BiDiMethod { static let name = "session.status" }

        struct Subscribe: BiDiMethod {
            static let name = "session.subscribe"
            let events: [String]
        }
    }

    enum Browser {
        /// Ends the browser.
        struct Close: BiDiMethod { static let name = "browser.close" }
    }

    enum BrowsingContext {
        /// Opens a page in a window of its own, which is never in the background.
        struct Create: BiDiMethod {
            static let name = "browsingContext.create"
            let type = "window"

            struct Response: Decodable { let context: String }
        }

        struct Close: BiDiMethod {
            static let name = "browsingContext.close"
            let context: String
        }

        /// Navigates, and answers when the document has loaded.
        struct Navigate: BiDiMethod {
            static let name = "browsingContext.navigate"
            let context, url: String
            let wait = "complete"
        }
    }

    enum Script {
        struct Evaluate: BiDiMethod {
            static let name = "script.evaluate"
            struct Target: Encodable { let context: String }
            let expression: String
            let target: Target
            let awaitPromise: Bool
            let resultOwnership = "none"
        }
    }

    enum Network {
        /// Holds every request until it is answered, failed or continued.
        struct AddIntercept: BiDiMethod {
            static let name = "network.addIntercept"
            let phases = ["beforeRequestSent"]
        }

        struct Header: Encodable {
            struct Value: Encodable {
                let type = "string"
                let value: String
            }
            let name: String
            let value: Value
        }

        /// Answers a held request.
        struct ProvideResponse: BiDiMethod {
            static let name = "network.provideResponse"
            let request: String
            let statusCode: Int
            let headers: [Header]
            /// Sent in base64; left out of the JSON encoder, which would look at every byte of it again.
            let body: [UInt8]

            private enum CodingKeys: String, CodingKey { case request, statusCode, headers }

            func encodeParameters(into text: inout Data) throws {
                // Base64 has no character that JSON escapes.
                text += try JSONEncoder().encode(self).dropLast()
                text += Data(#","body":{"type":"base64","value":""#.utf8)
                text += Data(body).base64EncodedData()
                text += Data(#""}}"#.utf8)
            }
        }

        struct FailRequest: BiDiMethod {
            static let name = "network.failRequest"
            let request: String
        }

        struct ContinueRequest: BiDiMethod {
            static let name = "network.continueRequest"
            let request: String
        }
    }
}
