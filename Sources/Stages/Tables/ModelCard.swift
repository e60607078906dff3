internal import Engine
internal import Foundation
private import Models
internal import Records
internal import Training

/// What a model was made of, and what is known of it: JSON for programs, Markdown for people.
struct ModelCard: Codable {
  /// Pictures of one kind.
  struct Count: Codable {
    var dataset: String
    /// Empty for reals.
    var method: String
    var label: String
    var training: Int
    var validation: Int
  }

  var pipeline: String
  var fold: Int
  var backbone: String
  /// SHA-256 of the model's file.
  var model: String
  /// What the shards' content amounts to.
  var shards: String
  var seed: UInt64
  var data: [Count]
  /// Of each dataset, its terms as `datasets.toml` has them; empty where they are unknown.
  var licences: [String: String]
  var keptEpoch: Int
  /// Of all that were trained.
  var epochs: Int
  /// Whether the epoch was chosen by the same pictures that it is measured on.
  var isChosen: Bool
  /// On the validation pictures of the own fold, one by one; intervals are in `evaluation.md`.
  var validationFrameAUC: Double?
  var validationLoss: Double?
  var sizePixels: Int
  var mean: [Double]
  var standardDeviation: [Double]
  var crop: CropRecipe
  var options: TrainStage.Options

  init(
    fold: Int, _ result: TrainingResult, training: [Sample], validation: [Sample], options: TrainStage.Options,
    seed: UInt64, inputs: TableInputs, shards: Digest, file: URL
  ) throws {
    pipeline = inputs.pipeline.name
    self.fold = fold
    backbone = result.model.network.backbone.name
    model = try FileSystem.digest(of: file.path(percentEncoded: false)).hex
    self.shards = shards.hex
    self.seed = seed
    data = Self.counts(training, validation)
    let datasets = Set(data.map(\.dataset))
    licences = Dictionary(uniqueKeysWithValues: datasets.map { ($0, inputs.licences[$0] ?? "") })
    keptEpoch = result.keptEpoch
    epochs = result.epochs.count
    isChosen = options.earlyStop > 0
    let kept = result.epochs.first { $0.epoch == result.keptEpoch }
    (validationFrameAUC, validationLoss) = (kept?.validationAUC, kept?.validationLoss)
    let preprocessing = result.model.preprocessing
    sizePixels = preprocessing.sizePixels
    (mean, standardDeviation) = (preprocessing.mean, preprocessing.standardDeviation)
    crop = try CropRecipe(inputs)
    self.options = options
  }

  private static func counts(_ training: [Sample], _ validation: [Sample]) -> [Count] {
    struct Kind: Hashable {
      let dataset: String
      let method: String
      let label: Label
    }
    func tally(_ samples: [Sample]) -> [Kind: Int] {
      samples.reduce(into: [:]) {
        $0[Kind(dataset: $1.dataset, method: $1.method ?? "", label: $1.label), default: 0] += 1
      }
    }
    let (left, right) = (tally(training), tally(validation))
    return Set(left.keys).union(right.keys)
      .map { kind in
        Count(
          dataset: kind.dataset, method: kind.method, label: kind.label == .fake ? "fake" : "real",
          training: left[kind] ?? 0, validation: right[kind] ?? 0)
      }
      .sorted { ($0.dataset, $0.label, $0.method) < ($1.dataset, $1.label, $1.method) }
  }

  /// The same for people.
  var markdown: String {
    get throws {
      func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "undefined" }
      var lines = [
        "# Expert \(fold) of \(pipeline)", "",
        "\(backbone), two classes (1 = fake), RGB pictures of \(sizePixels) x \(sizePixels) pixels, (value / 255 - mean) / deviation with mean \(mean) and deviation \(standardDeviation). SHA-256 of the weights: `\(model)`.",
        "", "## Data", "", "Shards `\(shards)`; validated on fold \(fold), trained on what the split allows it beside.",
        "",
        "| dataset | label | method | trained on | validated on |", "|---|---|---|---:|---:|",
      ]
      lines += data.map { "| \($0.dataset) | \($0.label) | \($0.method) | \($0.training) | \($0.validation) |" }
      lines += [
        "", "## Measures", "",
        "Epoch \(keptEpoch + 1) of \(epochs) is kept. On the fold's own validation pictures, which it was not trained on: frame AUC \(number(validationFrameAUC)), cross entropy \(number(validationLoss)).",
      ]
      if isChosen {
        lines.append("The epoch was chosen by these very pictures, so both are optimistic.")
      }
      if options.joint {
        lines.append(
          "The experts were trained together: no held-out picture went through this one, but others, which had seen it, had a part in the sums that it learnt from."
        )
      }
      lines += [
        "Video AUC and intervals: `evaluation.md`, where the pipeline has `evaluate`.", "", "## Crop", "", "```json",
        try CanonicalJSON.string(crop), "```", "", "## Options", "", "Seed \(seed).", "", "```json",
        try CanonicalJSON.string(options), "```", "", "## Terms", "",
        "The weights were fitted to these datasets, and what their terms say of derived works holds for them:", "",
      ]
      lines += licences.sorted { $0.key < $1.key }.map {
        "- \($0.key): \($0.value.isEmpty ? "**unknown**; `licence` in datasets.toml is where it is said" : $0.value)"
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }
}
