/// The GPU adapter that a browser offers, as `GPUAdapterInfo` gives it.
public struct Adapter: WireMessage, DefaultInitializable {
    /// Vendor identifier.
    public var vendor: String
    /// Architecture identifier.
    public var architecture: String
    /// Device identifier; often empty.
    public var device: String
    /// Human-readable description; often empty.
    public var description: String
    /// True when the adapter is a fallback (software) adapter.
    public var software: Bool
    /// Features offered, sorted.
    public var features: [String]
    /// Limits offered, sorted by name.
    public var limits: [AdapterLimit]

    public init(
        vendor: String = "",
        architecture: String = "",
        device: String = "",
        description: String = "",
        software: Bool = false,
        features: [String] = [],
        limits: [AdapterLimit] = []
    ) {
        self.vendor = vendor
        self.architecture = architecture
        self.device = device
        self.description = description
        self.software = software
        self.features = features
        self.limits = limits
    }

    public init() {
        self.init(vendor: "")
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.string(1, "vendor", &vendor)
        visitor.string(2, "architecture", &architecture)
        visitor.string(3, "device", &device)
        visitor.string(4, "description", &description)
        visitor.bool(5, "software", &software)
        visitor.strings(6, "features", &features)
        visitor.messages(7, "limits", &limits)
    }
}
