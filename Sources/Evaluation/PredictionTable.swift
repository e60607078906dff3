private import Records

/// `predictions.csv`: one line per sample, and per video without any; columns `key, video, group, dataset, method, domain,
/// label, fold, role, made, cluster, face-pixels, sharpness, missing, mixture, expert-0, expert-1 ...`.
///
/// The label is 0 or 1 = fake. An empty field means none. Numbers have as many digits as it takes to read them back
/// exactly.
package enum PredictionTable {
  private static let columns = [
    "key", "video", "group", "dataset", "method", "domain", "label", "fold", "role", "made", "cluster", "face-pixels",
    "sharpness", "missing", "mixture",
  ]

  /// - Throws: when predictions have different numbers of experts (none is allowed beside any), or a score is NaN.
  package static func text(_ predictions: [Prediction]) throws(EvaluationError) -> String {
    let experts = predictions.map(\.scores.count).max() ?? 0
    var records = [columns + (0..<experts).map { "expert-\($0)" }]
    for prediction in predictions {
      guard [0, experts].contains(prediction.scores.count) else {
        throw EvaluationError(
          code: .mixedScores, message: "\(prediction.key) has \(prediction.scores.count) scores, others \(experts)")
      }
      guard !(prediction.scores + [prediction.mixture]).contains(where: { $0?.isNaN == true }) else {
        throw EvaluationError(code: .notANumber, message: "a score of \(prediction.key) is NaN; the model has diverged")
      }
      func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "" }
      let scores = prediction.scores.isEmpty ? Array(repeating: "", count: experts) : prediction.scores.map { text($0) }
      records.append(
        [
          prediction.key, prediction.video, prediction.group, prediction.dataset, text(prediction.method),
          text(prediction.domain), text(prediction.label.rawValue), text(prediction.fold), prediction.role.rawValue,
          prediction.isMade ? "1" : "", text(prediction.cluster), text(prediction.facePixels),
          text(prediction.sharpness), text(prediction.missing), text(prediction.mixture),
        ] + scores)
    }
    return CommaSeparatedValues.text(records)
  }

  /// - Throws: with the record's number, where the text is not of the form above.
  package static func predictions(_ text: String) throws(EvaluationError) -> [Prediction] {
    let records = try CommaSeparatedValues.records(text)
    guard let header = records.first, header.starts(with: columns) else {
      throw EvaluationError(
        code: .malformedTable,
        message: "not a table of predictions: the first line must begin \(columns.joined(separator: ","))")
    }
    var predictions: [Prediction] = []
    predictions.reserveCapacity(records.count - 1)
    for (index, record) in records.enumerated().dropFirst() {
      guard record.count == header.count, let prediction = prediction(record) else {
        throw EvaluationError(
          code: .malformedTable,
          message: "record \(index + 1) has a missing field or a number that cannot be read: \(record)")
      }
      predictions.append(prediction)
    }
    return predictions
  }

  /// `nil` where a number cannot be read.
  private static func prediction(_ record: [String]) -> Prediction? {
    func optional(_ field: Int) -> String? { record[field].isEmpty ? nil : record[field] }
    let cells = record.dropFirst(columns.count)
    let scores = cells.map { finite($0) }
    guard let label = Int(record[6]).flatMap(Label.init), let role = Role(rawValue: record[8]),
      zip(cells, scores).allSatisfy({ $0.isEmpty || $1 != nil }), ["", "1"].contains(record[9]),
      [7, 10].allSatisfy({ record[$0].isEmpty || Int(record[$0]) != nil }),
      [11, 12, 14].allSatisfy({ record[$0].isEmpty || finite(record[$0]) != nil })
    else { return nil }
    return Prediction(
      key: record[0], video: record[1], group: record[2], dataset: record[3], method: optional(4), domain: optional(5),
      label: label, fold: Int(record[7]), role: role, isMade: record[9] == "1", cluster: Int(record[10]),
      facePixels: finite(record[11]), sharpness: finite(record[12]), missing: optional(13),
      scores: scores.contains { $0 != nil } ? scores : [], mixture: finite(record[14]))
  }

  private static func finite(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}
