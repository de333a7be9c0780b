/// The kinds of model that placement tells apart (`model_type` of a task).
public enum ModelFamily: UInt32, WireEnum {
    /// Text in, one vector out.
    case textEmbedding = 1
    /// Images in.
    case vision = 2
    /// Sound in.
    case audio = 3

    public var name: StaticString {
        switch self {
        case .textEmbedding: "text_embedding"
        case .vision: "vision"
        case .audio: "audio"
        }
    }
}
