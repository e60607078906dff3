internal import Engine
internal import Evaluation
internal import Foundation
internal import Models
internal import Records
internal import Training

/// What a model was made of, and what is known of it: JSON for programs, Markdown for people.
struct ModelCard: Codable {
  /// What pictures are counted by.
  struct Kind: Hashable, Sendable {
    let dataset: String
    let method: String
    let label: Label

    init(dataset: String, method: String, label: Label) {
      (self.dataset, self.method, self.label) = (dataset, method, label)
    }

    init(_ sample: Sample) {
      self.init(dataset: sample.dataset, method: sample.method ?? "", label: sample.label)
    }
  }

  /// Pictures of one kind.
  struct Count: Codable {
    var dataset: String
    /// Empty for reals.
    var method: String
    var label: String
    var training: Int
    var validation: Int
  }

  /// Of the pipeline, or of the folder that the model is in.
  var name: String
  /// `nil` for a model of no split of dfprep's.
  var fold: Int?
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
  /// On the validation pictures, as the model that is kept scores them: of clips, still pictures, frames, with intervals
  /// by draws of whole groups.
  var validationAUC: [Level: Evaluation.Estimate]
  /// On the validation pictures of the own fold, one by one, at the end of the epoch.
  var validationFrameAUC: Double?
  var validationLoss: Double?
  var sizePixels: Int
  var mean: [Double]
  var standardDeviation: [Double]
  /// `nil` where nothing says how the pictures were cut.
  var crop: CropRecipe?
  var options: TrainStage.Options

  init(
    name: String, fold: Int?, _ trained: DetectorModel, epochs: [EpochMetrics], keptEpoch: Int, training: [Kind],
    validation: [Kind], areas: [Level: Evaluation.Estimate], options: TrainStage.Options, seed: UInt64,
    licences: [String: String],
    crop: CropRecipe?, shards: Digest, file: URL
  ) throws {
    self.name = name
    self.fold = fold
    backbone = trained.network.backbone.name
    model = try FileSystem.digest(of: file.path(percentEncoded: false)).hex
    self.shards = shards.hex
    self.seed = seed
    data = Self.counts(training, validation)
    let datasets = Set(data.map(\.dataset))
    self.licences = Dictionary(uniqueKeysWithValues: datasets.map { ($0, licences[$0] ?? "") })
    self.keptEpoch = keptEpoch
    self.epochs = epochs.count
    validationAUC = areas
    isChosen = options.earlyStop > 0
    let kept = epochs.first { $0.epoch == keptEpoch }
    (validationFrameAUC, validationLoss) = (kept?.validationAUC, kept?.validationLoss)
    let preprocessing = trained.preprocessing
    sizePixels = preprocessing.sizePixels
    (mean, standardDeviation) = (preprocessing.mean, preprocessing.standardDeviation)
    self.crop = crop
    self.options = options
  }

  private static func counts(_ training: [Kind], _ validation: [Kind]) -> [Count] {
    func tally(_ kinds: [Kind]) -> [Kind: Int] { kinds.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    let (left, right) = (tally(training), tally(validation))
    return Set(left.keys).union(right.keys)
      .map { kind in
        Count(
          dataset: kind.dataset, method: kind.method, label: kind.label == .fake ? "fake" : "real",
          training: left[kind] ?? 0, validation: right[kind] ?? 0)
      }
      .sorted { ($0.dataset, $0.label, $0.method) < ($1.dataset, $1.label, $1.method) }
  }

  /// Writes `NAME.card.json` and `NAME.card.md`.
  func write(to folder: URL, as name: String) throws {
    try FileSystem.writeJSON(self, to: folder.appending(path: "\(name).card.json"))
    try FileSystem.write(Data(try markdown.utf8), to: folder.appending(path: "\(name).card.md"))
  }

  /// The same for people.
  var markdown: String {
    get throws {
      func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "undefined" }
      var lines = [
        fold.map { "# Expert \($0) of \(name)" } ?? "# \(name)", "",
        "\(backbone), two classes (1 = fake), RGB pictures of \(sizePixels) x \(sizePixels) pixels, (value / 255 - mean) / deviation with mean \(mean) and deviation \(standardDeviation). SHA-256 of the weights: `\(model)`.",
        "", "## Data", "",
        fold.map { "Shards `\(shards)`; validated on fold \($0), trained on what the split allows it beside." }
          ?? "Shards `\(shards)`; trained and validated on what the command named.",
        "",
        "| dataset | label | method | trained on | validated on |", "|---|---|---|---:|---:|",
      ]
      lines += data.map { "| \($0.dataset) | \($0.label) | \($0.method) | \($0.training) | \($0.validation) |" }
      lines += [
        "", "## Measures", "",
        "Epoch \(keptEpoch + 1) of \(epochs) is kept. On the validation pictures, which it was not trained on: frame AUC \(number(validationFrameAUC)), cross entropy \(number(validationLoss)).",
      ]
      lines += ["", "| AUC of | | 95 %, groups drawn whole |", "|---|---:|---|"]
      for level in Level.allCases {
        guard let area = validationAUC[level] else { continue }
        let interval = area.low.flatMap { low in area.high.map { "\(number(low)) to \(number($0))" } }
        lines.append("| \(level.rawValue) | \(number(area.value)) | \(interval ?? "too few groups to say") |")
      }
      lines.append("")
      if isChosen {
        lines.append("The epoch was chosen by these very pictures, so both are optimistic.")
      }
      if options.joint {
        lines.append(
          "The experts were trained together: no held-out picture went through this one, but others, which had seen it, had a part in the sums that it learnt from."
        )
      }
      lines += [
        "", "## Crop", "", "```json",
        try crop.map { try CanonicalJSON.string($0) } ?? "null", "```", "", "## Options", "", "Seed \(seed).", "",
        "```json",
        try CanonicalJSON.string(options), "```", "", "## Terms", "",
        "The weights were fitted to these datasets, and what their terms say of derived works holds for them:", "",
      ]
      lines += licences.sorted { $0.key < $1.key }.map {
        "- \($0.key): \($0.value.isEmpty ? "**unknown**; `license` in datasets.toml is where it is said" : $0.value)"
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }
}
