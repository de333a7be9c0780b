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
        .library(name: "PoolSimulator", targets: ["PoolSimulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")
    ],
    targets: [
        .target(name: "Pool", swiftSettings: strict),
        .target(
            name: "PoolEngine",
            dependencies: ["Pool", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "PoolSimulator", dependencies: ["Pool", "PoolEngine"], swiftSettings: strict),
        .testTarget(name: "PoolTests", dependencies: ["Pool"], swiftSettings: strict),
        .testTarget(name: "PoolEngineTests", dependencies: ["Pool", "PoolEngine"], swiftSettings: strict),
        .testTarget(
            name: "PoolSimulatorTests", dependencies: ["Pool", "PoolEngine", "PoolSimulator"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
