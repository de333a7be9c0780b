/// One limit of a GPU adapter, as the browser names it.
public struct AdapterLimit: WireMessage, DefaultInitializable {
    /// The limit's name in the WebGPU specification.
    public var name: String
    /// Its value.
    public var value: UInt64

    public init(name: String = "", value: UInt64 = 0) {
        self.name = name
        self.value = value
    }

    public init() {
        self.init(name: "")
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.string(1, "name", &name)
        visitor.uint(2, "value", &value)
    }
}
