// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "weir",
    products: [
        .library(name: "Pool", targets: ["Pool"]),
        .library(name: "PoolEngine", targets: ["PoolEngine"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Only tests use it: as the oracle of our own codec.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .target(name: "Pool", swiftSettings: strict),
        .target(
            name: "PoolEngine",
            dependencies: ["Pool", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .testTarget(name: "PoolTests", dependencies: ["Pool"], swiftSettings: strict),
        .testTarget(
            name: "WireOracleTests",
            dependencies: ["Pool", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            resources: [.copy("Generated/weir.v1.descriptors")],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
