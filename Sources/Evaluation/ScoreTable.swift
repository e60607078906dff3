internal import Records

/// A detector's scores as anybody's table: columns in any order, by several spellings, one row per sample.
package struct ScoreTable: Hashable, Sendable {
  /// In the order of the table.
  package private(set) var judgements: [Judgement] = []
  /// Keys of out-of-fold rows: those with a fold, and, where there are such, those of role train.
  private var outOfFold: Set<String> = []
  /// What was not read, or put in place of a column that is not there, in words.
  package private(set) var notes: [String] = []

  /// - Parameters:
  ///   - text: CSV with a header.
  ///   - name: of the table, for messages.
  /// - Throws: `malformed-table` with what was expected, and the record's number.
  package init(_ text: String, name: String) throws(EvaluationError) {
    let records: [[String]]
    do { records = try CommaSeparatedValues.records(text).filter { $0 != [""] } } catch {
      throw EvaluationError(code: error.code, message: "\(name): \(error.message)")
    }
    guard let header = records.first, records.count > 1 else {
      throw EvaluationError(code: .malformedTable, message: "\(name) has no rows under a header")
    }
    let columns = try ScoreColumns(header, name: name)
    var made = 0
    for (index, record) in records.enumerated().dropFirst() {
      guard record.count == header.count else {
        throw EvaluationError(
          code: .malformedTable,
          message: "\(name), record \(index + 1): \(record.count) fields, the header has \(header.count)")
      }
      if let text = columns.text(.made, record), !["0", "false"].contains(text.lowercased()) {
        made += 1
        continue
      }
      let judgement = try Self.judgement(record, columns, "\(name), record \(index + 1)")
      judgements.append(judgement)
      if judgement.fold != nil || columns.text(.role, record) == Role.train.rawValue {
        outOfFold.insert(judgement.key)
      }
    }
    if !judgements.contains(where: { $0.fold != nil }) { outOfFold = [] }
    notes = columns.notes(name)
    if made > 0 { notes.append("\(name): \(made) made samples are left out") }
    let seeds = Set(judgements.filter { !$0.isMissing }.map(\.scores.count))
    guard seeds.count <= 1 else {
      throw EvaluationError(
        code: .mixedScores,
        message: "\(name): some rows have scores of \(seeds.sorted()) seeds; give all of them, or none")
    }
    var keys: Set<String> = []
    for judgement in judgements where !keys.insert(judgement.key).inserted {
      throw EvaluationError(
        code: .malformedTable,
        message: "\(name) has '\(judgement.key)' twice; give each sample one row, and a path that tells it from others")
    }
  }

  /// The rows that are judged together: out-of-fold scores, each by the expert that did not see the sample, apart from
  /// the others.
  package var sets: [(name: String, judgements: [Judgement])] {
    let inside = judgements.filter { outOfFold.contains($0.key) }
    let others = judgements.filter { !outOfFold.contains($0.key) }
    return [(outOfFold.isEmpty ? "all samples" : "held-out samples", others), ("out of fold", inside)]
      .filter { !$0.1.isEmpty }
  }

  /// Each set of this table with the rows of another that belong beside it.
  package func parts(
    beside other: ScoreTable
  ) -> [(name: String, first: [Judgement], second: [Judgement])] {
    let own = Set(judgements.map(\.key))
    return sets.enumerated().map { place, set in
      let keys = Set(set.judgements.map(\.key))
      // What only the other has goes where it says, or to the first set.
      let names = Set(sets.map(\.name))
      let second = other.sets.flatMap { beside in
        beside.judgements.filter { judgement in
          if own.contains(judgement.key) { return keys.contains(judgement.key) }
          return names.contains(beside.name) ? beside.name == set.name : place == 0
        }
      }
      return (set.name, set.judgements, second)
    }
  }

  private static func judgement(
    _ record: [String], _ columns: ScoreColumns, _ place: String
  ) throws(EvaluationError) -> Judgement {
    func malformed(_ what: String) -> EvaluationError {
      EvaluationError(code: .malformedTable, message: "\(place): \(what)")
    }
    guard let key = columns.text(.key, record) else { throw malformed("no key") }
    let word = columns.text(.label, record) ?? ""
    guard let label = labels[word.lowercased()] else {
      throw malformed("label '\(word)'; it must be 1 or fake, 0 or real")
    }
    func number(_ text: String) throws(EvaluationError) -> Double {
      guard let value = Double(text), value.isFinite else { throw malformed("'\(text)' is no number") }
      return value
    }
    func number(_ column: ScoreColumns.Name) throws(EvaluationError) -> Double? {
      guard let text = columns.text(column, record) else { return nil }
      return try number(text)
    }
    func whole(_ column: ScoreColumns.Name) throws(EvaluationError) -> Int? {
      guard let text = columns.text(column, record) else { return nil }
      guard let value = Int(text) else { throw malformed("\(column.rawValue) '\(text)' is no whole number") }
      return value
    }
    var scores: [Double] = []
    for text in columns.scores(record) { scores.append(try number(text)) }
    if columns.areExperts, !scores.isEmpty { scores = [scores.reduce(0, +) / Double(scores.count)] }
    let video = columns.text(.video, record) ?? key
    return Judgement(
      key: key, video: video, group: columns.text(.group, record) ?? video,
      dataset: columns.text(.dataset, record) ?? "", method: columns.text(.method, record),
      domain: columns.text(.domain, record), label: label, fold: try whole(.fold), cluster: try whole(.cluster),
      facePixels: try number(.facePixels), sharpness: try number(.sharpness), scores: scores,
      missing: scores.isEmpty ? columns.text(.missing, record) ?? "no-score" : nil)
  }

  private static let labels: [String: Label] = [
    "0": .real, "1": .fake, "0.0": .real, "1.0": .fake, "real": .real, "fake": .fake,
  ]
}
