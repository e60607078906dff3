private import Records

extension SplitTable {
  /// Columns that may hold the name of a video or image, the best first.
  static let nameColumns = ["path", "video", "source", "sample", "file", "filename", "img_name", "name"]
  static let sideColumns = ["split", "fold", "set", "subset"]

  /// A table with a header: dfprep's own `folds.csv` and `fold CSV`, selimsef's `video,file,label,original,frame,fold`,
  /// and whatever names its columns alike.
  ///
  /// A column `fold-N` that says `training`, `validation` or `left-out` is a division of its own; a column `split` or
  /// `fold` is one division, whose values are its sides. Rows of one video on one side become one row.
  package static func table(_ records: [[String]], name: String) throws(SplittingError) -> SplitTable {
    let reader = try RecordReader(records, name: name)
    var table = SplitTable(
      format: reader.isSelimsef ? "selimsef's folds" : "fold table", divisions: reader.divisions, rows: [])
    var places: [String: Int] = [:]
    var labels: [String: Set<Label>] = [:]
    for record in records.dropFirst() where record != [""] {
      let row = try reader.row(record)
      if let label = row.label { labels[row.item.video, default: []].insert(label) }
      if let place = places[row.item.key] {
        table.rows[place].frames += 1
      } else {
        places[row.item.key] = table.rows.count
        table.rows.append(row)
      }
    }
    let torn = labels.filter { $0.value.count > 1 }.keys.sorted()
    if !torn.isEmpty {
      table.findings.append(
        SplitFinding(
          code: .twoLabels, message: "\(torn.count) videos are real in one row and fake in another",
          examples: Array(torn.prefix(5))))
    }
    if reader.column["label"] == nil { table.notes.append("no column `label`: classes are not known") }
    return table
  }

  /// The rows of a table that is yet to be divided, one per record, on no side.
  ///
  /// A key is the name, and a number where one name comes more than once.
  package static func undivided(_ records: [[String]], name: String) throws(SplittingError) -> [SplitRow] {
    let reader = try RecordReader(records, name: name, isDivided: false)
    var counts: [String: Int] = [:]
    var rows: [SplitRow] = []
    rows.reserveCapacity(records.count)
    for record in records.dropFirst() where record != [""] {
      var row = try reader.row(record)
      let count = counts[row.item.key, default: 0]
      counts[row.item.key] = count + 1
      if count > 0 { row.item.key += " \(count)" }
      rows.append(row)
    }
    return rows
  }
}
