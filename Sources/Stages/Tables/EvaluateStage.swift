package import Engine
internal import Evaluation
package import Foundation
private import Models
private import Records
private import Sharding
private import Splitting

/// `evaluate`: scores every expert on the cluster it never saw, and their mixture on the held-out sources.
package struct EvaluateStage: TableStage {
  package typealias Options = NoOptions
  package static let name = "evaluate"
  package static let version = 1
  package static let summary =
    "Out-of-fold AUC of each expert, AUC of the mixture on held-out sources, predictions of all."
  package static let reads: [ProductRequirement] = [.required(.models), .required(.shards), .optional(.folds)]
  package static let writes: ProductKind? = .predictions
  package static let publishesTo: String? = "models"

  package init(options: NoOptions) {}

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    guard let models = inputs.product(.models), let shards = inputs.product(.shards) else {
      throw InternalFault("no models or shards before evaluate")
    }
    let groups =
      try inputs.product(.folds).map {
        try FileSystem.readJSON(SplitFacts.self, from: $0.file("groups.json")).groups.groups
      } ?? [:]
    let folder = shards.file("shards")
    let folds = try FoldShards.all(of: shards)
    let experts = try folds.map { try DetectorModel.load(models.file("experts/\($0.fold).safetensors")) }
    let heldOut = try FileSystem.names(in: folder).filter { $0.hasPrefix("test-") && $0.hasSuffix(".tar") }

    var predictions: [Prediction] = []
    var rows: [EvaluationResult.Row] = []
    func judge(_ files: [String], by asked: Range<Int>, fold: Int?, name: String) throws {
      let found = try Self.predictions(files, in: folder, experts: experts, asked: asked, fold: fold, groups: groups)
      predictions += found.map(\.prediction)
      // The score is of the datasets' own fakes: what dfprep made is easy for who trained on its like.
      rows.append(try EvaluationResult.Row(name: name, predictions: found.filter { !$0.isMade }.map(\.prediction)))
      context.progress(rows.count, folds.count + (heldOut.isEmpty ? 0 : 1), name)
    }
    for (index, fold) in folds.enumerated() {
      try judge(fold.validation, by: index..<index + 1, fold: fold.fold, name: "expert \(fold.fold) on its own fold")
    }
    if !heldOut.isEmpty, !experts.isEmpty {
      try judge(heldOut, by: experts.indices, fold: nil, name: "mixture on held-out sources")
    }

    try Data(PredictionTable.text(predictions.sorted { $0.key < $1.key }).utf8)
      .write(to: output.appending(path: "predictions.csv"))
    try FileSystem.writeJSON(EvaluationResult(rows: rows), to: output.appending(path: "evaluation.json"))
    return TableOutcome(summary: rows.isEmpty ? ["no experts, so no scores"] : rows.map(\.line))
  }

  /// Scores of some shards' samples by the experts asked; of held-out samples, their mean as well.
  private static func predictions(
    _ files: [String], in folder: URL, experts: [DetectorModel], asked: Range<Int>, fold: Int?,
    groups: [String: String]
  ) throws -> [(prediction: Prediction, isMade: Bool)] {
    guard let first = experts.first else { return [] }
    let data = try ShardTrainingData(
      files: files, in: folder, side: first.preprocessing.sizePixels, augmentation: nil, seed: 0)
    var scores = [[Double?]](repeating: Array(repeating: nil, count: experts.count), count: data.count)
    for start in stride(from: 0, to: data.count, by: 64) {
      let range = start..<min(start + 64, data.count)
      let images = try range.map(data.plainImage)
      for expert in asked {
        for (index, score) in zip(range, try experts[expert].probabilitiesOfFake(images: images)) {
          scores[index][expert] = score
        }
      }
    }
    return zip(data.samples, scores).map { sample, scores in
      let prediction = Prediction(
        key: sample.key, video: sample.sourceName, group: groups[sample.key] ?? sample.family, dataset: sample.dataset,
        method: sample.method, domain: sample.domain, label: sample.label, fold: fold, scores: scores,
        mixture: fold == nil ? scores.compactMap(\.self).reduce(0, +) / Double(asked.count) : nil)
      return (prediction, sample.isMade)
    }
  }
}

/// `evaluation.json`: what the predictions amount to.
struct EvaluationResult: Codable {
  struct Row: Codable {
    var name: String
    var frames: Int
    var videos: Int
    /// `nil` where only one class is there.
    var frameAUC: Double?
    var videoAUC: Double?
    var falsePositiveRate: [Double]
    var truePositiveRate: [Double]

    init(name: String, predictions: [Prediction]) throws {
      let videoPredictions = try Prediction.videoLevel(predictions)
      func score(_ prediction: Prediction) throws -> Double {
        guard let score = prediction.mixture ?? prediction.scores.lazy.compactMap(\.self).first else {
          throw InternalFault("\(prediction.key) was judged by nobody")
        }
        return score
      }
      self.name = name
      frames = predictions.count
      videos = videoPredictions.count
      let (scores, labels) = (try predictions.map(score), predictions.map(\.label))
      frameAUC = try RankMetrics.areaUnderCurve(scores: scores, labels: labels)
      videoAUC = try RankMetrics.areaUnderCurve(
        scores: videoPredictions.map(score), labels: videoPredictions.map(\.label))
      let curve = try RankMetrics.rocCurve(scores: scores, labels: labels) ?? []
      falsePositiveRate = curve.map(\.falsePositiveRate)
      truePositiveRate = curve.map(\.truePositiveRate)
    }

    var line: String {
      func text(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "undefined (one class)" }
      return "\(name): frame AUC \(text(frameAUC)) over \(frames), video AUC \(text(videoAUC)) over \(videos)"
    }
  }

  var rows: [Row]
}
