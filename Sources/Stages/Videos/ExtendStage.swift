private import Augmentation
package import Engine
private import Records

/// `extend`: makes further fakes out of uncompressed crops, so that they are clustered and re-split like everything else.
package struct ExtendStage: SourceStage {
  package struct Options: StageOptions {
    package var selfBlend = 0.0
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case selfBlend = "self-blend"
    }

    package static let fields = [
      OptionField("self-blend", .number(0...1), "Share of real crops of which a self-blended fake is made besides.")
    ]
  }

  package static let name = "extend"
  package static let version = 1
  package static let summary =
    "Makes self-blended fakes of real crops, each linked to its parent; never used in a test set."
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
      try emit(crop)
      guard crop.sample.label == .real else { return }
      var random = KeyedRandom(seed: context.seed, key: crop.sample.key, stage: context.stageID)
      guard random.chance(options.selfBlend) else { return }
      let blend = try selfBlend(of: crop, random: &random)
      ledger.make(context.stageID)
      try emit(blend)
    }

    private func selfBlend(of crop: Crop, random: inout KeyedRandom) throws -> Crop {
      let variant = SampleVariant.made("self-blend", by: context.stageID, of: ExtendStage.name)
      let parent = crop.sample
      let image = try SelfBlend.make(
        from: crop.image, landmarks: parent.face.landmarks.map(parent.transform.apply),
        faceBox: parent.faceBoxInCrop, random: &random)
      var sample = parent
      sample.key = SampleKey.make(
        dataset: parent.dataset, path: parent.path, pts: parent.pts, track: parent.track, variant: variant)
      sample.variant = variant
      sample.label = .fake
      sample.method = "self-blend"
      sample.parents = [parent.key]
      sample.quality = try CropMeasures.quality(of: image, sample: sample)
      return Crop(sample: sample, image: image)
    }
  }
}
