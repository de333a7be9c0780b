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
        .library(name: "EventLog", targets: ["EventLog"]),
        .library(name: "Pool", targets: ["Pool"]),
        .library(name: "PoolEngine", targets: ["PoolEngine"]),
        .library(name: "PoolSimulator", targets: ["PoolSimulator"]),
        .library(name: "PoolTestKit", targets: ["PoolTestKit"]),
        .library(name: "Projections", targets: ["Projections"]),
        .library(name: "ChromePipe", targets: ["ChromePipe"]),
        .library(name: "FirefoxBiDi", targets: ["FirefoxBiDi"]),
        .library(name: "BrowserExecutor", targets: ["BrowserExecutor"]),
        .executable(name: "weir", targets: ["weir"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Only the tests use it: its codec is the oracle for ours.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .target(
            name: "CSpawn",
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
        .target(
            name: "CAllocator",
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
        .target(
            name: "CChecksum",
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
        .target(
            name: "CRecordCursor", dependencies: ["CLMDB"],
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
        .target(
            name: "EventLog",
            dependencies: [
                "CChecksum", "CLMDB", "CRecordCursor", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "Pool", swiftSettings: strict),
        .target(
            name: "PoolEngine",
            dependencies: ["EventLog", "Pool", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "PoolSimulator", dependencies: ["Pool", "PoolEngine"], swiftSettings: strict),
        .target(name: "PoolTestKit", dependencies: ["Pool", "Projections"], swiftSettings: strict),
        .target(name: "Projections", dependencies: ["Pool"], swiftSettings: strict),
        .target(
            name: "ChromePipe",
            dependencies: [
                "CSpawn",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "FirefoxBiDi",
            dependencies: [
                "ChromePipe",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "BrowserExecutor",
            dependencies: ["ChromePipe", "FirefoxBiDi", "Pool", "PoolEngine"],
            resources: [.copy("Resources")],
            swiftSettings: strict),
        .executableTarget(
            name: "weir",
            dependencies: [
                "BrowserExecutor", "CAllocator", "ChromePipe", "EventLog", "FirefoxBiDi", "Pool",
                "PoolEngine", "PoolSimulator", "Projections",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "Ledger", dependencies: ["EventLog"], path: "Sources/Examples/Ledger", swiftSettings: strict
        ),
        .executableTarget(
            name: "Workers", dependencies: ["EventLog", "Pool", "PoolEngine", "Projections"],
            path: "Sources/Examples/Workers", swiftSettings: strict),

        .executableTarget(
            name: "EventLogVerifyChild", dependencies: ["EventLog"], path: "Tests/EventLogVerifyChild",
            swiftSettings: strict),
        // It stands in for functions of the C library, so only the one program has it.
        .target(
            name: "CFaultyDisk", path: "Tests/CFaultyDisk",
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
        .executableTarget(
            name: "EventLogProof", dependencies: ["CFaultyDisk", "EventLog"], path: "Tests/EventLogProof",
            swiftSettings: strict),
        .testTarget(
            name: "EventLogTests", dependencies: ["CChecksum", "EventLog", "EventLogVerifyChild", "Ledger"],
            resources: [.copy("Golden")], swiftSettings: strict),
        .executableTarget(
            name: "ChromePipeChild", dependencies: ["ChromePipe"], path: "Tests/ChromePipeChild",
            swiftSettings: strict),
        .testTarget(
            name: "ChromePipeTests", dependencies: ["ChromePipe", "ChromePipeChild", "CSpawn"],
            swiftSettings: strict),
        .testTarget(
            name: "FirefoxBiDiTests",
            dependencies: ["ChromePipe", "FirefoxBiDi", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict),
        .testTarget(
            name: "PoolTests", dependencies: ["Pool", "PoolSimulator", "PoolTestKit"], swiftSettings: strict),
        .testTarget(
            name: "PoolTestKitTests", dependencies: ["Pool", "PoolTestKit"], swiftSettings: strict),
        .testTarget(
            name: "PoolEngineTests",
            dependencies: ["EventLog", "Pool", "PoolEngine", "PoolSimulator", "Workers"],
            swiftSettings: strict),
        .testTarget(
            name: "PoolSimulatorTests",
            dependencies: ["EventLog", "Pool", "PoolEngine", "PoolSimulator", "Projections"],
            swiftSettings: strict),
        .testTarget(
            name: "WireOracleTests",
            dependencies: [
                "EventLog", "Pool", "Projections", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            resources: [.copy("Generated/weir.v1.descriptors")],
            swiftSettings: strict),
        .target(name: "OnnxFixture", path: "Tests/OnnxFixture", swiftSettings: strict),
        .target(
            name: "PackageIndex",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/PackageIndex", swiftSettings: strict),
        .testTarget(
            name: "BrowserExecutorTests",
            dependencies: [
                "BrowserExecutor", "ChromePipe", "FirefoxBiDi", "OnnxFixture", "PackageIndex", "Pool",
                "PoolEngine",
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict),
        .testTarget(
            name: "ProjectionsTests", dependencies: ["Pool", "Projections"], swiftSettings: strict),
        .testTarget(
            name: "weirTests",
            dependencies: [
                "weir", "BrowserExecutor", "EventLog", "OnnxFixture", "PackageIndex", "Pool", "PoolEngine",
                "PoolSimulator", "Projections",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// With it only these test targets are built, whose names are joined by commas: under a sanitizer, or in a copy of the
// package, everything is built anew, and most of it not looked at.
if let only = Context.environment["WEIR_TEST_TARGETS"]?.split(separator: ",").map(String.init) {
    package.targets.removeAll { $0.type == .test && !only.contains($0.name) }
}
