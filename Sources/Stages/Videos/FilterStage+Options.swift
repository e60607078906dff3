package import Engine
internal import Records

extension FilterStage {
  package struct Options: StageOptions {
    package var paired = false
    package var minimumFace = 0.0
    package var minimumScore = 0.0
    package var maximumCut = 1.0
    package var maximumUpscale = 10_000.0
    package var minimumSharpness = 0.0
    package var maximumBlockiness = 10_000.0
    package var minimumBrightness = 0.0
    package var maximumBrightness = 255.0
    package var minimumContrast = 0.0
    package var maximumYaw = 180.0
    package var maximumPitch = 180.0
    package var maximumRoll = 180.0
    package var minimumChanged = 0
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case paired
      case minimumFace = "min-face"
      case minimumScore = "min-score"
      case maximumCut = "max-cut"
      case maximumUpscale = "max-upscale"
      case minimumSharpness = "min-sharpness"
      case maximumBlockiness = "max-blockiness"
      case minimumBrightness = "min-brightness"
      case maximumBrightness = "max-brightness"
      case minimumContrast = "min-contrast"
      case maximumYaw = "max-yaw"
      case maximumPitch = "max-pitch"
      case maximumRoll = "max-roll"
      case minimumChanged = "min-changed"
    }

    package static let fields = [
      OptionField(
        "paired", .bool,
        "A fake's face that goes takes the face of its original's frame along, and the other way round (`partner-dropped`)."
      ),
      OptionField("min-face", .number(0...4096), "Least shorter side of the face, pixels of the frame (`small-face`)."),
      OptionField("min-score", .number(0...1), "Least score of the detector (`low-score`)."),
      OptionField("max-cut", .number(0...1), "Largest share of the face box beyond the frame (`cut-off`)."),
      OptionField("max-upscale", .number(0...10_000), "Most crop pixels per frame pixel, along a side (`enlarged`)."),
      OptionField(
        "min-sharpness", .number(0...100_000),
        "Least variance of the crop's Laplacian (`blurred`); 0 keeps all. Fakes are blurrier than reals: look at the drops by label."
      ),
      OptionField(
        "max-blockiness", .number(0...10_000),
        "Most of the 8 x 8 grid of compression in the frame's face; 1 is no grid (`blocky`)."),
      OptionField("min-brightness", .number(0...255), "Least mean luma of the crop (`dark`)."),
      OptionField("max-brightness", .number(0...255), "Largest mean luma of the crop (`bright`)."),
      OptionField("min-contrast", .number(0...128), "Least standard deviation of the crop's luma (`low-contrast`)."),
      OptionField(
        "max-yaw", .number(0...180), "Most degrees to either side (`yaw`); faces without landmarks stay, as below."),
      OptionField("max-pitch", .number(0...180), "Most degrees up or down (`pitch`)."),
      OptionField("max-roll", .number(0...180), "Most degrees of tilt in the picture (`roll`)."),
      OptionField(
        "min-changed", .integer(0...10_000_000),
        "Least pixels of a fake's difference mask above 20 (`unchanged`); 33 is the rule of DFDC's winner, for whom fewer are a wrong label. Crops without a mask stay."
      ),
    ]

    /// Why a sample is left out, if it is; the first reason of the order of the fields.
    func fault(of sample: Sample) -> (reason: String, detail: String)? {
      let quality = sample.quality
      func beyond(_ degrees: Double?, _ limit: Double) -> Bool { degrees.map { abs($0) > limit } ?? false }
      func turned(_ degrees: Double?) -> String { "\(degrees ?? 0) degrees" }
      if quality.facePixels < minimumFace { return ("small-face", "\(quality.facePixels) pixels") }
      if sample.face.score < minimumScore { return ("low-score", "score \(sample.face.score)") }
      if quality.cutFraction > maximumCut { return ("cut-off", "\(quality.cutFraction) beyond the frame") }
      if quality.upscale > maximumUpscale { return ("enlarged", "by \(quality.upscale)") }
      if quality.sharpness < minimumSharpness { return ("blurred", "sharpness \(quality.sharpness)") }
      if quality.blockiness > maximumBlockiness { return ("blocky", "blockiness \(quality.blockiness)") }
      if quality.brightness < minimumBrightness { return ("dark", "brightness \(quality.brightness)") }
      if quality.brightness > maximumBrightness { return ("bright", "brightness \(quality.brightness)") }
      if quality.contrast < minimumContrast { return ("low-contrast", "contrast \(quality.contrast)") }
      if beyond(quality.yawDegrees, maximumYaw) { return ("yaw", turned(quality.yawDegrees)) }
      if beyond(quality.pitchDegrees, maximumPitch) { return ("pitch", turned(quality.pitchDegrees)) }
      if beyond(quality.rollDegrees, maximumRoll) { return ("roll", turned(quality.rollDegrees)) }
      if let changed = quality.changedPixels, changed < minimumChanged {
        return ("unchanged", "\(changed) pixels differ from the original's crop")
      }
      return nil
    }
  }
}
