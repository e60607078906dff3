internal import Engine
internal import Foundation
internal import Training

/// What training left of one expert, and its place among the stage's models.
struct ExpertFiles {
  let name: ExpertName
  var copies: [(from: URL, to: String)]
  let epochs: [EpochMetrics]
  /// Of the weights that are kept, on the expert's own fold.
  let area: Double?
  /// Rows of `steps.csv`.
  let steps: [String]

  /// Puts the experts of all parts into one result, their curves and steps into one table each.
  ///
  /// - Parameter header: of the steps.
  static func gather(_ experts: [ExpertFiles], header: String, to output: URL) throws -> TableOutcome {
    let experts = experts.sorted { $0.name < $1.name }
    try FileSystem.makeFolder(output.appending(path: "experts"))
    for (file, place) in experts.flatMap(\.copies) {
      let target = output.appending(path: place)
      try FileSystem.makeFolder(target.deletingLastPathComponent())
      try FileManager.default.copyItem(at: file, to: target)
    }
    try writeTables(experts.map { ("\($0.name)", $0.epochs) }, steps: [header] + experts.flatMap(\.steps), to: output)
    guard !experts.isEmpty else { return TableOutcome(summary: ["no folds, so no experts"]) }
    let areas = experts.map { $0.area.map { String(format: "%.3f", $0) } ?? "none" }
    return TableOutcome(
      summary: ["\(experts.count) experts; frame AUC of each on its own fold: \(areas.joined(separator: ", "))"])
  }

  /// `metrics.csv`, and `steps.csv` of lines that begin with its header.
  static func writeTables(_ curves: [(expert: String, epochs: [EpochMetrics])], steps: [String], to folder: URL) throws
  {
    var rows = ["expert,epoch,learning_rate,training_loss,validation_loss,validation_auc"]
    for (expert, epochs) in curves {
      rows += epochs.map { epoch in
        "\(expert),\(epoch.epoch),\(epoch.learningRate),\(epoch.trainingLoss),"
          + "\(epoch.validationLoss.map { "\($0)" } ?? ""),\(epoch.validationAUC.map { "\($0)" } ?? "")"
      }
    }
    for (name, lines) in [("metrics.csv", rows), ("steps.csv", steps)] {
      try writeLines(lines, to: folder.appending(path: name))
    }
  }

  static func writeLines(_ lines: [String], to file: URL) throws {
    try FileSystem.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: file)
  }

  static func lines(_ file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
