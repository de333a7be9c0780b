import Glibc

enum Tune {
    static func env(_ n: String, _ d: UInt64) -> UInt64 {
        getenv(n).flatMap { UInt64(String(cString: $0)) } ?? d
    }
    static let down = UInt32(env("W_DOWN", 16))
    static let up = UInt32(env("W_UP", 128))
    static let rate = env("W_RATE", 500_000)
}
public func tuneEnv(_ n: String, _ d: UInt64) -> UInt64 { Tune.env(n, d) }
