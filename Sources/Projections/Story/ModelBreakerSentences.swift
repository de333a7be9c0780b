import Pool

extension ModelBreakerOpened {
    func sentence(_ told: Told) -> String {
        "\(Self.name(modelDigest)) was kept from \(Wording.words(browser)) for \(told.wait(until: until)), after "
            + "\(Wording.count(failures, "failure")) in a row there"
    }

    /// A model's name by the beginning of its digest.
    fileprivate static func name(_ digest: Digest) -> String { "model \("\(digest)".prefix(12))" }
}

extension ModelBreakerHalfOpened {
    var sentence: String {
        "\(ModelBreakerOpened.name(modelDigest)) was to be tried on \(Wording.words(browser)) again, one run at a time"
    }
}

extension ModelBreakerClosed {
    var sentence: String {
        "\(ModelBreakerOpened.name(modelDigest)) ran on \(Wording.words(browser)) again"
    }
}
