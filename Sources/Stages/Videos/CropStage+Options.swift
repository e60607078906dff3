package import Engine
package import Records

extension CropStage {
  package struct Options: StageOptions {
    package var margin = 1.3
    package var size = 256
    package var format = "jpeg"
    package var quality = 95
    package var chroma = 444
    package var faces = "largest"
    package init() {}

    package static let fields = [
      OptionField("margin", .number(1...4), "Side of the crop over the longer side of the face box."),
      OptionField("size", .integer(16...2048), "Side of the crop, pixels."),
      OptionField("format", .choice(["jpeg", "png"]), "How the crop is compressed, once."),
      OptionField("quality", .integer(1...100), "JPEG quality."),
      OptionField("chroma", .integer(420...444), "JPEG chroma sampling: 444, 422 or 420."),
      OptionField("faces", .choice(["largest", "all"]), "Which faces of a frame are cut out."),
    ]

    /// The compression that these options name.
    package var encoding: ImageEncoding { format == "png" ? .png : .jpeg(quality: quality, chroma: chroma) }
  }
}
