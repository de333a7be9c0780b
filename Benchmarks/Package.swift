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
        .target(
            name: "BenchmarkKit",
            dependencies: [
                .product(name: "BrowserExecutor", package: "weir"),
                .product(name: "ChromePipe", package: "weir"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "EncoderBenchmark",
            dependencies: ["BenchmarkKit"],
            swiftSettings: strict),
        .executableTarget(
            name: "OverheadBenchmark",
            dependencies: [
                "BenchmarkKit",
                .product(name: "EventLog", package: "weir"),
                .product(name: "Pool", package: "weir"),
                .product(name: "PoolEngine", package: "weir"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "FoldBenchmark",
            dependencies: [
                .product(name: "Pool", package: "weir"),
                .product(name: "PoolEngine", package: "weir"),
                .product(name: "PoolSimulator", package: "weir"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
