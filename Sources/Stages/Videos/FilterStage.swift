package import Engine
private import Records

/// `filter`: leaves out faces that are too small or too blurred, with a record of each.
package struct FilterStage: SourceStage {
  package struct Options: StageOptions {
    package var minimumFace = 0.0
    package var minimumSharpness = 0.0
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case minimumFace = "min-face"
      case minimumSharpness = "min-sharpness"
    }

    package static let fields = [
      OptionField("min-face", .number(0...4096), "Least shorter side of the face, pixels of the frame (`small-face`)."),
      OptionField(
        "min-sharpness", .number(0...100_000),
        "Least variance of the crop's Laplacian (`blurred`); 0 keeps all. Fakes are blurrier than reals: look at the drops by label."
      ),
    ]
  }

  package static let name = "filter"
  package static let version = 1
  package static let summary = "Leaves out faces below the asked size or sharpness; measures stay in every record."
  let options: Options

  package init(options: Options) { self.options = options }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    private let options: Options
    private let context: StageContext
    private let ledger: FamilyLedger

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
    }

    package func process(_ crop: Crop, emit: (Crop) throws -> Void) throws {
      let quality = crop.sample.quality
      if quality.facePixels < options.minimumFace {
        drop(crop, "small-face", "\(quality.facePixels) pixels")
      } else if quality.sharpness < options.minimumSharpness {
        drop(crop, "blurred", "sharpness \(quality.sharpness)")
      } else {
        try emit(crop)
      }
    }

    private func drop(_ crop: Crop, _ reason: String, _ detail: String) {
      ledger.drop(stage: context.stageID, item: crop.sample.key, reason: reason, detail: detail)
    }
  }
}
