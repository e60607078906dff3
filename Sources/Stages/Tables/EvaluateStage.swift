package import Engine
private import Evaluation
package import Foundation
private import Records
private import Sharding

/// `evaluate`: scores every expert on the cluster it never saw, and their mixture on the held-out sources.
package struct EvaluateStage: TableStage {
  package struct Options: StageOptions {
    package var epoch = 0
    package init() {}

    package enum CodingKeys: String, CodingKey { case epoch }

    package static let fields = [
      OptionField(
        "epoch", .integer(0...10_000),
        "Whose weights are judged: this epoch's, where `train` had `keep-epochs`; 0 is what training kept.")
    ]
  }

  package static let name = "evaluate"
  package static let version = 3
  package static let summary =
    "Scores each expert on its own fold and the mixture on held-out sources; AUC within domains, with intervals."
  package static let reads: [ProductRequirement] = [.required(.models), .required(.shards), .optional(.clusters)]
  package static let writes: ProductKind? = .predictions
  package static let publishesTo: String? = "models"

  let options: Options

  package init(options: Options) { self.options = options }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    guard let models = inputs.product(.models), let shards = inputs.product(.shards) else {
      throw InternalFault("no models or shards before evaluate")
    }
    let folder = shards.file("shards")
    let folds = try FoldShards.all(of: shards)
    let names = folds.isEmpty ? [] : try ExpertName.all(in: models.file("experts"))
    let mixture = try Mixture(names.map { try model($0, in: models).path(percentEncoded: false) })
    let clusters = try inputs.product(.clusters).map(Self.clusters) ?? [:]
    let heldOut = try FileSystem.names(in: folder).filter { $0.hasPrefix("test-") && $0.hasSuffix(".tar") }

    var predictions: [Prediction] = []
    var rows: [EvaluationResult.Row] = []
    func judge(_ files: [String], by asked: [Int], fold: Int?, name: String) throws {
      let readers = try files.map { try ShardReader(path: folder.appending(path: $0)) }
      let found = try ShardJudging.predictions(
        readers, by: mixture, asked: asked, fold: fold, clusters: clusters)
      predictions += found
      rows.append(try EvaluationResult.Row(name: name, found.filter { !$0.isMade }.map(\.judgement)))
      context.progress(rows.count, folds.count + (heldOut.isEmpty ? 0 : 1), name)
    }
    for fold in folds {
      let asked = names.indices.filter { names[$0].fold == fold.fold }
      try judge(fold.validation, by: asked, fold: fold.fold, name: "expert \(fold.fold) on its own fold")
    }
    if !heldOut.isEmpty, !folds.isEmpty {
      try judge(heldOut, by: Array(mixture.indices), fold: nil, name: "mixture on held-out sources")
    }
    let missing = try MissingSources(inputs, judged: predictions, roles: folds.isEmpty ? [] : [.train, .test])
    predictions += missing.predictions
    let sets = try EvaluationResult.sets(
      predictions,
      outOfFold: missing.neverValidated == 0
        ? [] : ["\(missing.neverValidated) training sources are in no fold's validation, and judged by nobody"],
      options: AssessmentOptions(
        bootstrap: BootstrapOptions(seed: context.seed, threads: ProcessInfo.processInfo.activeProcessorCount)))

    try Data(PredictionTable.text(predictions.sorted { $0.key < $1.key }).utf8)
      .write(to: output.appending(path: "predictions.csv"))
    try FileSystem.writeJSON(EvaluationResult(rows: rows, sets: sets), to: output.appending(path: "evaluation.json"))
    try Data(AssessmentText.markdown(sets, title: inputs.pipeline.name).utf8)
      .write(to: output.appending(path: "evaluation.md"))
    return TableOutcome(
      summary: rows.isEmpty ? ["no experts, so no scores"] : rows.map(\.line) + sets.map(AssessmentText.headline))
  }

  private func model(_ name: ExpertName, in models: Product) throws -> URL {
    if options.epoch == 0 { return models.file("experts/\(name.modelFile)") }
    let file = models.file("experts/\(ExpertName.epochFolder)/\(name.modelFile(ofEpoch: options.epoch - 1))")
    guard FileSystem.exists(file) else {
      throw ToolError(
        .badConfiguration,
        "expert \(name) of stage '\(models.stageID)' has no weights of epoch \(options.epoch): "
          + "give `train` `keep-epochs: true`, and here no more than its epochs")
    }
    return file
  }

  /// By key, of the samples that were clustered.
  private static func clusters(_ product: Product) throws -> [String: Int] {
    let rows = try ClusterTable(product).rows.filter(\.isClustered)
    return Dictionary(rows.map { ($0.key, $0.nearest) }) { first, _ in first }
  }
}
