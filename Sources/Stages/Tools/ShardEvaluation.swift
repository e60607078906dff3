internal import Engine
internal import Evaluation
private import Foundation
private import Models
private import Records

/// Models judged on shards: the verb `evaluate`.
struct ShardEvaluation: Encodable {
  private(set) var models: [String]
  private(set) var sets: [Assessment] = []
  /// The model with the best headline, where one was to be chosen.
  private(set) var chosen: String?
  private(set) var notes: [String] = []
  private let predictions: [Prediction]

  private enum CodingKeys: String, CodingKey { case models, sets, chosen, notes }

  /// - Throws: ``ToolError`` with status 64 for what must not be asked: see docs/evaluation.md, "What is refused".
  init(models paths: [String], shards: [String], settings: MachineSettings, request: JudgingRequest) throws {
    models = paths
    let selection = try ShardSelection(shards)
    let mixture = try Mixture(paths)
    let plan = try JudgingPlan(selection, mixture, outOfFold: request.outOfFold)
    guard let rule = ThresholdRule(request.threshold) else {
      throw ToolError(.usage, "'\(request.threshold)' is no threshold")
    }
    if request.chooses || rule.isChosen {
      try plan.requireValidation(isDeclared: request.isValidation, hasForeign: !selection.foreign.isEmpty)
    }
    notes = plan.notes
    var found: [Prediction] = []
    for part in plan.parts {
      found += try ShardJudging.predictions(part.shards, by: mixture, asked: part.asked, fold: part.fold)
    }
    if !selection.foreign.isEmpty {
      let foreign = try ForeignShards(
        selection.foreign, by: mixture, modelsFolder: settings.modelsFolder(beside: nil),
        options: .init(
          label: request.label, one: request.oneIsFake ? .fake : .real, areFrames: request.areFrames,
          isValidation: request.isValidation))
      found += foreign.predictions
      notes += foreign.notes
    }
    let judged = found.filter { plan.judgedRoles.contains($0.role) }
    if judged.count < found.count {
      notes.append(
        "\(found.count - judged.count) samples that are unlabelled, or in no part of their split, are not judged")
    }
    predictions = judged.sorted { $0.key < $1.key }
    guard !predictions.isEmpty else {
      throw ToolError(.usage, "there is nothing to judge:\n\(notes.joined(separator: "\n"))")
    }
    if request.chooses { try choose(request, rule) } else { try assess(request, rule) }
  }

  private func options(
    _ request: JudgingRequest, _ rule: ThresholdRule, _ samples: [Judgement]
  ) throws -> AssessmentOptions {
    let aggregation = VideoAggregation(rawValue: request.aggregation) ?? .mean
    let items = try Level.videos.items(samples, aggregation: aggregation) + Level.images.items(samples)
    let scored = items.filter { !$0.isMissing }
    guard let threshold = try rule.threshold(scores: scored.compactMap(\.scores.first), labels: scored.map(\.label))
    else { throw ToolError(.usage, "a threshold cannot be chosen where one class is missing") }
    return request.options(threshold: threshold)
  }

  private mutating func assess(_ request: JudgingRequest, _ rule: ThresholdRule) throws {
    let found = predictions.filter { !$0.isMade }
    sets = try EvaluationResult.sets(found, options: options(request, rule, found.map(\.judgement)))
    if rule.isChosen {
      notes.append(
        "the threshold was chosen on these samples: accuracies and F1 here are of its own choosing; give it as a number elsewhere"
      )
    }
  }

  /// One assessment per model; the best headline wins, the first of equal ones.
  private mutating func choose(_ request: JudgingRequest, _ rule: ThresholdRule) throws {
    var best: (value: Double, model: String)?
    for (index, model) in models.enumerated() {
      let samples = predictions.filter { !$0.isMade && ($0.missing != nil || $0.scores[index] != nil) }.map {
        prediction in
        var judgement = prediction.judgement
        judgement.scores = prediction.scores.isEmpty ? [] : prediction.scores[index].map { [$0] } ?? []
        return judgement
      }
      let assessment = try Assessment(name: model, samples, options: options(request, rule, samples))
      sets.append(assessment)
      let headline = assessment.levels[.videos]?.headline ?? assessment.levels[.images]?.headline
      guard let value = headline?.estimate?.value else { continue }
      if value > best?.value ?? -1 { best = (value, model) }
    }
    chosen = best?.model
    notes.append(
      best.map {
        "best headline: \($0.model); its number here is of its own choosing, so judge it anew on held-out data"
      }
        ?? "no model has a headline: no domain has both classes")
  }

  /// `predictions.csv`, as the stage writes it.
  func write(to path: String) throws {
    try FileSystem.write(Data(PredictionTable.text(predictions).utf8), to: URL(filePath: path))
  }
}
