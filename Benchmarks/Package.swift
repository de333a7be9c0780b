// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "weir-benchmarks",
    dependencies: [.package(name: "weir", path: "..")],
    targets: [
        .target(name: "Measuring", swiftSettings: strict),
        .target(
            name: "BenchmarkKit",
            dependencies: [
                "Measuring",
                .product(name: "BrowserExecutor", package: "weir"),
                .product(name: "ChromePipe", package: "weir"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "EncoderBenchmark",
            dependencies: ["BenchmarkKit", "Measuring"],
            swiftSettings: strict),
        .executableTarget(
            name: "OverheadBenchmark",
            dependencies: [
                "BenchmarkKit",
                "Measuring",
                .product(name: "EventLog", package: "weir"),
                .product(name: "Pool", package: "weir"),
                .product(name: "PoolEngine", package: "weir"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "CPipeClient",
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
        .executableTarget(
            name: "PeerBenchmark",
            dependencies: [
                "Measuring",
                .product(name: "BrowserExecutor", package: "weir"),
                .product(name: "ChromePipe", package: "weir"),
                .product(name: "EventLog", package: "weir"),
                .product(name: "Pool", package: "weir"),
                .product(name: "PoolEngine", package: "weir"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "FoldBenchmark",
            dependencies: [
                "LogWorkload",
                .product(name: "Pool", package: "weir"),
                .product(name: "PoolEngine", package: "weir"),
                .product(name: "PoolSimulator", package: "weir"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "CoreBenchmark",
            dependencies: [
                "Measuring",
                .product(name: "Pool", package: "weir"),
                .product(name: "PoolSimulator", package: "weir"),
            ],
            swiftSettings: strict),
        .target(
            name: "CLogBaselines",
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")],
            linkerSettings: [.linkedLibrary("lmdb"), .linkedLibrary("sqlite3")]),
        .target(
            name: "LogWorkload",
            dependencies: [
                "Measuring",
                .product(name: "EventLog", package: "weir"),
                .product(name: "Pool", package: "weir"),
                .product(name: "PoolEngine", package: "weir"),
                .product(name: "PoolSimulator", package: "weir"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "LogBenchmark",
            dependencies: [
                "CLogBaselines",
                "LogWorkload",
                "Measuring",
                .product(name: "EventLog", package: "weir"),
            ],
            swiftSettings: strict),
        .target(
            name: "CAllocationCounter",
            cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
        .executableTarget(
            name: "AllocationBenchmark",
            dependencies: [
                "CAllocationCounter",
                "LogWorkload",
                "Measuring",
                .product(name: "EventLog", package: "weir"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
