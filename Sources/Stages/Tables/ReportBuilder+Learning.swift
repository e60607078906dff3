private import Engine
private import Foundation
private import Reporting

/// Curves and scores.
extension ReportBuilder {
  func addTraining() throws {
    for product in inputs.products(.models) {
      let text = try String(contentsOf: product.file("metrics.csv"), encoding: .utf8)
      let rows = text.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let byExpert = Dictionary(grouping: rows.filter { $0.count == 6 }) { String($0[0]) }
      for (expert, rows) in byExpert.sorted(by: { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }) {
        let epochs = rows.compactMap { row -> ReportModel.Epoch? in
          guard let epoch = Int(row[1]), let loss = Double(row[3]) else { return nil }
          return .init(
            epoch: epoch + 1, trainLoss: loss, validationLoss: Double(row[4]), validationAUC: Double(row[5]))
        }
        model.training.append(.init(name: "expert \(expert)", epochs: epochs))
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
    model.rocCurves = result.rows.filter { !$0.falsePositiveRate.isEmpty }.map {
      ReportModel.ROCCurve(
        name: $0.name, falsePositiveRate: $0.falsePositiveRate, truePositiveRate: $0.truePositiveRate)
    }
  }
}
