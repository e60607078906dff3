private import Augmentation
package import Engine
private import Imaging
private import Records

/// `augment`: writes augmented copies of training crops into shards of their own, for trainers that cannot augment.
///
/// The embedded trainer augments in its loader instead and needs no copies.
package struct AugmentStage: SampleStage {
  package struct Options: StageOptions {
    package var preset = "light"
    package var copies = 1
    package init() {}

    package static let fields = [
      OptionField("preset", .choice(AugmentationPresets.names), "The transforms and their probabilities."),
      OptionField("copies", .integer(1...32), "Copies of every training crop."),
    ]
  }

  package static let name = "augment"
  package static let version = 1
  package static let summary =
    "Augmented copies of training crops, real and fake alike, each compressed once more as its parent was."
  package static let puts = SampleStageOutput.samples
  let options: Options

  package init(options: Options) { self.options = options }

  package func process(_ samples: [SampleEntry], context: StageContext, sink: any SampleSink) throws {
    guard let recipe = AugmentationPresets.named(options.preset) else {
      throw InternalFault("no augmentation preset '\(options.preset)'")
    }
    for (index, entry) in samples.enumerated() where entry.sample.role == .train {
      let image = try ImageCodec.decode(entry.image())
      for copy in 0..<options.copies {
        var random = KeyedRandom(seed: context.seed, key: entry.sample.key, stage: "\(context.stageID)/\(copy)")
        let augmented = try recipe.apply(to: image, random: &random)
        let kind = SampleVariant.made(SampleVariant.augmented, by: context.stageID, of: Self.name)
        let variant = "\(kind)-\(copy)-of-\(entry.sample.variant)"
        var sample = entry.sample
        sample.key = SampleKey.make(
          dataset: sample.dataset, path: sample.path, pts: sample.pts, track: sample.track, variant: variant)
        sample.variant = variant
        sample.parents = [entry.sample.key]
        (sample.width, sample.height) = (augmented.image.width, augmented.image.height)
        sample.quality = try CropMeasures.quality(of: augmented.image, sample: sample)
        try sink.put(sample, image: ImageCodec.encode(augmented.image, as: sample.encoding))
      }
      context.progress(index + 1, samples.count, "crops")
    }
  }
}

/// What the variants of made samples begin with.
enum SampleVariant {
  static let augmented = "augmented"

  /// The kind itself, with the stage's id where the user gave one: two stages of one name make different samples.
  static func made(_ kind: String, by id: String, of name: String) -> String { id == name ? kind : "\(kind)-\(id)" }
}

extension Sample {
  /// Whether it is a perturbed copy, which is for training alone.
  var isAugmentedCopy: Bool { variant.hasPrefix(SampleVariant.augmented) }
}
