import NIOCore

extension CDP {
    /// The `Runtime` domain.
    public enum Runtime {
        public struct Enable: CDPMethod {
            public static let name = "Runtime.enable"
            public static let needsRenderer = true
            public typealias Response = NoResponse
            public init() {}
        }

        /// Evaluates JavaScript in the page. The answer holds the value as raw JSON.
        public struct Evaluate: CDPMethod {
            public static let name = "Runtime.evaluate"
            public static let needsRenderer = true
            public var expression: String
            /// Wait for the promise that the expression gives.
            public var awaitPromise: Bool
            /// Answer with the value itself and not with a reference to it.
            public var returnByValue: Bool
            /// Count as a click of the user, for what the page may do only then.
            public var userGesture: Bool
            public init(
                expression: String, awaitPromise: Bool = true, returnByValue: Bool = true,
                userGesture: Bool = false
            ) {
                self.expression = expression
                self.awaitPromise = awaitPromise
                self.returnByValue = returnByValue
                self.userGesture = userGesture
            }

            public func encodeParameters(into buffer: inout ByteBuffer) throws {
                buffer.writeStaticString("{\"expression\":")
                try Self.encodeJSON(expression, into: &buffer)
                buffer.writeStaticString(
                    awaitPromise ? ",\"awaitPromise\":true" : ",\"awaitPromise\":false")
                buffer.writeStaticString(
                    returnByValue ? ",\"returnByValue\":true" : ",\"returnByValue\":false")
                buffer.writeStaticString(userGesture ? ",\"userGesture\":true}" : ",\"userGesture\":false}")
            }

            public static func decodeResponse(_ result: RawJSON) throws -> EvaluateResult {
                try EvaluateResult(result)
            }
        }

        /// Finds every object of the page that has a prototype, and answers with an array of them.
        public struct QueryObjects: CDPMethod {
            public static let name = "Runtime.queryObjects"
            public static let needsRenderer = true

            public struct Response: Decodable, Sendable, Hashable {
                public let objects: Object
            }

            public struct Object: Decodable, Sendable, Hashable {
                public let objectId: String
            }

            public var prototypeObjectId: String
            public init(prototypeObjectId: String) { self.prototypeObjectId = prototypeObjectId }
        }

        /// Calls a function whose `this` is an object of the page. The answer is as that of `Evaluate`.
        public struct CallFunctionOn: CDPMethod {
            public static let name = "Runtime.callFunctionOn"
            public static let needsRenderer = true
            public var functionDeclaration: String
            public var objectId: String
            /// Wait for the promise that the function gives.
            public var awaitPromise: Bool
            /// Answer with the value itself and not with a reference to it.
            public let returnByValue = true

            public init(functionDeclaration: String, objectId: String, awaitPromise: Bool = true) {
                self.functionDeclaration = functionDeclaration
                self.objectId = objectId
                self.awaitPromise = awaitPromise
            }

            public static func decodeResponse(_ result: RawJSON) throws -> EvaluateResult {
                try EvaluateResult(result)
            }
        }

        /// Makes a function of the page whose calls come as `bindingCalled`.
        public struct AddBinding: CDPMethod {
            public static let name = "Runtime.addBinding"
            public static let needsRenderer = true
            public typealias Response = NoResponse
            public var name: String
            public init(name: String) { self.name = name }
        }

        /// Memory of the page's script heap, in bytes.
        public struct GetHeapUsage: CDPMethod {
            public static let name = "Runtime.getHeapUsage"
            public static let needsRenderer = true

            public struct Response: Decodable, Sendable, Hashable {
                /// In use.
                public let usedSize: Double
                /// Set aside.
                public let totalSize: Double
            }

            public init() {}
        }

        /// Ends the JavaScript that runs; the call that started it is answered with an error (-32000).
        public struct TerminateExecution: CDPMethod {
            public static let name = "Runtime.terminateExecution"
            public static let needsRenderer = true
            public typealias Response = NoResponse
            public init() {}
        }
    }
}

/// What an evaluation gave.
public struct EvaluateResult: Sendable, Hashable {
    /// The JavaScript type: `number`, `string`, `object`, `undefined`, and others.
    public let type: String
    /// The value, as the browser wrote it; nil for `undefined`, and without `returnByValue` for objects.
    public let value: RawJSON?
    /// `NaN`, `Infinity`, `-Infinity`, `-0`, or a big integer: numbers that JSON cannot write.
    public let unserializableValue: String?
    /// The page's object, where no value was asked for; nil for what is no object.
    public let objectId: String?
    /// The exception, if the evaluation threw; the value is then the thrown one.
    public let exception: JavaScriptException?

    init(_ answer: RawJSON) throws {
        var (result, details): (Range<Int>?, Range<Int>?)
        try answer.visitMembers { name, value in
            switch name {
            case "result": result = value
            case "exceptionDetails": details = value
            default: break
            }
        }
        guard let result = result.map(answer.slice) else {
            throw MalformedJSON(reason: "no result in the answer", offset: 0)
        }
        exception = try details.map { try answer.slice($0).decode() }
        // Only the other members are decoded: the value may have many megabytes.
        var (type, value, unserializable, object): (Range<Int>?, Range<Int>?, Range<Int>?, Range<Int>?)
        try result.visitMembers { name, place in
            switch name {
            case "type": type = place
            case "value": value = place
            case "unserializableValue": unserializable = place
            case "objectId": object = place
            default: break
            }
        }
        guard let type else { throw MalformedJSON(reason: "no type in the result", offset: 0) }
        self.type = try result.slice(type).text()
        self.value = value.map(result.slice)
        unserializableValue = try unserializable.map { try result.slice($0).text() }
        objectId = try object.map { try result.slice($0).text() }
    }
}

/// An exception that JavaScript threw and nothing caught.
public struct JavaScriptException: Error, Decodable, Sendable, Hashable, CustomStringConvertible {
    /// The browser's own words, such as `Uncaught` or `Uncaught (in promise)`.
    public let text: String
    /// Counted from 0.
    public let lineNumber: Int
    /// Counted from 0.
    public let columnNumber: Int
    public let url: String?
    /// The class of the thrown object, such as `TypeError`; nil when no object was thrown.
    public let className: String?
    /// The thrown value as text; for an `Error`, message and stack.
    public let details: String?

    private enum Keys: String, CodingKey { case text, lineNumber, columnNumber, url, exception }

    private struct Thrown: Decodable {
        let className: String?
        let description: String?
        let value: JSONScalar?
    }

    /// What another protocol tells of one: its words alone.
    package init(text: String, lineNumber: Int, columnNumber: Int) {
        self.text = text
        self.lineNumber = lineNumber
        self.columnNumber = columnNumber
        url = nil
        className = nil
        details = nil
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        text = try container.decode(String.self, forKey: .text)
        lineNumber = try container.decode(Int.self, forKey: .lineNumber)
        columnNumber = try container.decode(Int.self, forKey: .columnNumber)
        url = try container.decodeIfPresent(String.self, forKey: .url)
        let thrown = try container.decodeIfPresent(Thrown.self, forKey: .exception)
        className = thrown?.className
        details = thrown?.description ?? thrown?.value?.description
    }

    public var description: String {
        "\(text)\(details.map { " \($0)" } ?? "") (line \(lineNumber + 1), column \(columnNumber + 1))"
    }
}
