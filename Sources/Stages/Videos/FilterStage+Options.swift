package import Engine
internal import Records

extension FilterStage {
  package struct Options: StageOptions {
    package var minimumFace = 0.0
    package var minimumSharpness = 0.0
    package var paired = false
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case paired
      case minimumFace = "min-face"
      case minimumSharpness = "min-sharpness"
    }

    package static let fields = [
      OptionField(
        "paired", .bool,
        "A fake's face that goes takes the face of its original's frame along, and the other way round (`partner-dropped`)."
      ),
      OptionField("min-face", .number(0...4096), "Least shorter side of the face, pixels of the frame (`small-face`)."),
      OptionField(
        "min-sharpness", .number(0...100_000),
        "Least variance of the crop's Laplacian (`blurred`); 0 keeps all. Fakes are blurrier than reals: look at the drops by label."
      ),
    ]

    /// Why a sample is left out, if it is.
    func fault(of sample: Sample) -> (reason: String, detail: String)? {
      let quality = sample.quality
      if quality.facePixels < minimumFace { return ("small-face", "\(quality.facePixels) pixels") }
      if quality.sharpness < minimumSharpness { return ("blurred", "sharpness \(quality.sharpness)") }
      return nil
    }
  }
}
