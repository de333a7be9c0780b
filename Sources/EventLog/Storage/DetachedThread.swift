import Glibc

/// A thread that nobody joins.
enum DetachedThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// What the system's refusal of a thread said.
    struct Refusal: Error {
        let errno: Int32
    }

    /// Starts a thread that runs `body` and then ends.
    static func start(_ body: @escaping @Sendable () -> Void) throws(Refusal) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(body))
        let code = pthread_create(
            &thread, nil,
            { @Sendable argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw Refusal(errno: code)
        }
        pthread_detach(thread)
    }
}
