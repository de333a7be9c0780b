extension ModelPackage {
    /// A file that comes with Weir and that the model can take, for a model that comes without inputs; nil for one that
    /// takes text or has inputs of its own.
    public var sampleFile: String? {
        switch manifest.input.kind {
        case .samples: Resources.root + "/samples/tone.wav"
        case .image: Resources.root + "/samples/strokes.png"
        case .values, .tokens, nil: nil
        }
    }
}
