private import Engine
private import Evaluation
private import Foundation
private import Reporting
private import Training

/// Curves and scores.
extension ReportBuilder {
  func addTraining() throws {
    for product in inputs.products(.probes) {
      let epochs = try FileSystem.readJSON([EpochMetrics].self, from: product.file("curve.json"))
      model.training.append(
        .init(
          name: product.stageID, stage: product.stageID,
          epochs: epochs.map {
            .init(
              epoch: $0.epoch + 1, trainLoss: $0.trainingLoss, validationLoss: $0.validationLoss,
              validationAUC: $0.validationAUC)
          }))
    }
    for product in inputs.products(.models) {
      let metrics = try CurveTable(product.file("metrics.csv"))
      let steps = try CurveTable(product.file("steps.csv"))
      for expert in metrics.experts {
        let rows = metrics.rows(of: expert)
        let epochs = rows.compactMap { row -> ReportModel.Epoch? in
          guard let epoch = row.number("epoch"), let loss = row.number("training_loss") else { return nil }
          return .init(
            epoch: Int(epoch) + 1, trainLoss: loss, validationLoss: row.number("validation_loss"),
            validationAUC: row.number("validation_auc"))
        }
        let own = steps.rows(of: expert)
        let phases = own.indices.compactMap { index -> ReportModel.Phase? in
          guard let phase = own[index]["phase"], index == 0 || own[index - 1]["phase"] != phase else { return nil }
          return .init(name: phase, start: index)
        }
        model.training.append(
          .init(
            name: "expert \(expert)", stage: product.stageID, epochs: epochs,
            steps: steps.measures.map { name in
              .init(name: name.replacing("_", with: " "), values: own.map { $0.number(name) })
            }, phases: phases))
      }
    }
  }

  func addEvaluation() throws {
    guard let product = inputs.product(.predictions) else { return }
    let result = try FileSystem.readJSON(EvaluationResult.self, from: product.file("evaluation.json"))
    model.evaluation = result.rows.map { row in
      ReportModel.EvaluationRow(
        name: row.name, frameAUC: row.frameAUC.map { .init($0) }, videoAUC: row.videoAUC.map { .init($0) },
        frames: row.frames, videos: row.videos)
    }
    model.detectorCurves = result.rows.map { row in
      ReportModel.DetectorCurves(
        name: row.name,
        roc: row.curves.roc.map { .init(x: $0.falsePositiveRate, y: $0.truePositiveRate) },
        precisionRecall: row.curves.precisionRecall.map { .init(x: $0.recall, y: $0.precision) },
        calibration: row.curves.calibration.map { .init(x: $0.meanProbability, y: $0.fakeShare) })
    }
  }
}

/// `metrics.csv` or `steps.csv` of trained models: a line per epoch or step, the expert first.
private struct CurveTable {
  struct Row {
    var fields: [String: Substring]

    subscript(name: String) -> String? { fields[name].map(String.init) }
    func number(_ name: String) -> Double? { fields[name].flatMap { Double($0) } }
  }

  /// Columns that tell what a line is about; all others are measured.
  private static let places: Set<String> = ["expert", "seed", "epoch", "phase", "step"]

  /// In order of their numbers.
  let experts: [String]
  /// In the order of the columns.
  let measures: [String]
  private let byExpert: [String: [Row]]

  init(_ file: URL) throws {
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let names = (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let rows = try lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == names.count else {
        throw ToolError(
          .failed, "\(file.path(percentEncoded: false)): '\(line)' has \(fields.count) fields, not \(names.count)")
      }
      return Row(fields: Dictionary(zip(names, fields), uniquingKeysWith: { first, _ in first }))
    }
    byExpert = Dictionary(grouping: rows) { $0["expert"] ?? "" }
    experts = byExpert.keys.sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }
    measures = names.filter { !Self.places.contains($0) }
  }

  func rows(of expert: String) -> [Row] { byExpert[expert] ?? [] }
}
