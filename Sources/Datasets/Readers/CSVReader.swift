private import Records

/// Any collection with a CSV list: columns `path` and `label`, and optionally `method`, `original`, `identity`, `donor`,
/// `source-video`, `split`, `compression`, `mask`.
///
/// Paths are below the root; an original may also be named without folder or extension. A label is the word real or fake,
/// or a digit where datasets.toml says what 1 means.
package enum CSVReader: DatasetReader {
  package static let layout = "csv"
  package static let options = ["list", "one"]
  package static let requiredOptions = ["list"]
  package static let holds = "a CSV list with columns path and label, and the files that it names"

  private static let required = ["path", "label"]
  private static let optional = [
    "method", "original", "identity", "donor", "source-video", "split", "compression", "mask",
  ]

  /// Never: which file is the list must be said.
  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool { false }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    guard let list = declaration.options.list, folder.isFile(list) else {
      scan.fail(declaration.options.list ?? "", "the list of this dataset (key 'list' of datasets.toml) is not there")
      return scan
    }
    var faults = LineFaults(list)
    if let table = try CSVTable(list, folder, &faults, &scan), let columns = Columns(table, list, &scan) {
      try read(table, columns, folder, declaration, &faults, &scan)
    }
    faults.report(&scan)
    return scan
  }

  /// Where the columns stand.
  private struct Columns {
    var path: Int
    var label: Int
    private var others: [String: Int] = [:]

    /// - Returns: `nil`, with an error in `scan`, when a column is lacking or stands twice.
    init?(_ table: CSVTable, _ list: String, _ scan: inout DatasetScan) {
      let known = CSVReader.required + CSVReader.optional
      for name in known where table.header.count(where: { $0 == name }) > 1 {
        scan.fail(list, "line 1 has the column '\(name)' twice; nothing of the list is used")
        return nil
      }
      guard let path = table.column("path"), let label = table.column("label") else {
        let lacking = CSVReader.required.filter { table.column($0) == nil }.joined(separator: "' and '")
        scan.fail(
          list,
          "line 1, '\(table.header.joined(separator: ","))', does not name the column '\(lacking)'; the first line "
            + "names the columns. Nothing of the list is used")
        return nil
      }
      self.path = path
      self.label = label
      for name in CSVReader.optional { others[name] = table.column(name) }
      let unread = table.header.filter { !known.contains($0) }
      if !unread.isEmpty {
        let hints = unread.map {
          "'\($0)'\(nearestName(to: $0, among: known).map { " (did you mean '\($0)'?)" } ?? "")"
        }
        scan.notes.append("\(list): columns not read: \(hints.joined(separator: ", "))")
      }
    }

    /// A field that is not empty.
    func field(_ name: String, _ row: CSVTable.Row) -> String? {
      others[name].map { row.fields[$0] }.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  private static func read(
    _ table: CSVTable, _ columns: Columns, _ folder: DatasetFolder, _ declaration: DatasetDeclaration,
    _ faults: inout LineFaults, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    let list = declaration.options.list ?? ""
    let words = LabelWords(one: declaration.options.one)
    let digits = words.one.map { "; 1 = \($0.name), as datasets.toml says" } ?? ""
    scan.notes.insert("\(list): the words real and fake\(digits)", at: 0)
    var lineOfPath: [String: (line: Int, label: Label)] = [:]
    var (claimed, contradicted) = (Set<String>(), Set<String>())
    for row in table.rows {
      let written = row.fields[columns.path]
      guard let path = ListPath(written) else {
        faults.add(.error, line: row.line, text: written, "is not a path below the root; the line is left out")
        continue
      }
      if path.hadBackslashes {
        faults.add(.warning, line: row.line, text: written, "is written with backslashes; read as slashes")
      }
      claimed.insert(path.path)
      guard let label = words.label(row.fields[columns.label]) else {
        let text = row.fields[columns.label]
        faults.add(
          .error, line: row.line, text: text.isEmpty ? written : text, "\(words.refusal(text)); the line is left out")
        continue
      }
      if let other = lineOfPath[path.path] {
        let same = other.label == label
        if !same { contradicted.insert(path.path) }
        faults.add(
          same ? .warning : .error, line: row.line, text: written,
          same
            ? "was named before; the first line is taken"
            : "was named before with the other label; the clip is left out")
        continue
      }
      lineOfPath[path.path] = (row.line, label)
      guard let source = source(row, columns, path.path, label, declaration, &claimed, &faults) else { continue }
      if try folder.holds(path.path) { scan.sources.append(source) } else { scan.missing.append(path.path) }
    }
    scan.sources.removeAll { contradicted.contains($0.path) }
    findOriginals(lineOfPath.mapValues(\.label), list, &scan)
    scan.missing += scan.sources.compactMap(\.original).filter { lineOfPath[$0] == nil }
    for mask in Set(scan.sources.compactMap(\.mask)) where try !folder.holds(mask) { scan.missing.append(mask) }
    scan.unexpected += try folder.clipsBelow("").filter { !claimed.contains($0) }
  }

  /// Gives originals that are not named by their path, but without extension, or by name alone, their path, where one real
  /// clip of the list alone can be meant: a fake that names its original otherwise would not be of its family.
  private static func findOriginals(_ labels: [String: Label], _ list: String, _ scan: inout DatasetScan) {
    let unnamed = scan.sources.enumerated().compactMap { index, source in
      source.original.flatMap { labels[$0] == .real ? nil : (index: index, original: $0) }
    }
    guard !unnamed.isEmpty else { return }
    let names = OriginalNames(labels.compactMap { $1 == .real ? $0 : nil })
    var (found, unclear) = (0, [String]())
    for (index, original) in unnamed {
      let meant = names.paths(of: original)
      if meant.count > 1 { unclear.append(scan.sources[index].path) }
      guard meant.count == 1, let path = meant.first else { continue }
      scan.sources[index].original = path
      found += 1
    }
    if found > 0 { scan.notes.append("\(list): \(found) originals are not named by their path; found by their names") }
    scan.warn(unclear, "names an original by a name that several real clips have; it is in no family with any of them")
  }

  /// The source of a line; `nil`, with an error in `faults`, when a field of it makes no sense.
  private static func source(
    _ row: CSVTable.Row, _ columns: Columns, _ path: String, _ label: Label, _ declaration: DatasetDeclaration,
    _ claimed: inout Set<String>, _ faults: inout LineFaults
  ) -> Source? {
    var source = declaration.source(path, label)
    source.method = columns.field("method", row)
    source.identity = columns.field("identity", row)
    source.donor = columns.field("donor", row)
    source.sourceVideo = columns.field("source-video", row)
    source.compression = columns.field("compression", row)
    if let split = columns.field("split", row) {
      guard let name = OfficialSplit.name(split) else {
        faults.add(
          .error, line: row.line, text: split,
          "is a split that is not train, validation (val, valid) or test; the line is left out")
        return nil
      }
      source.officialSplit = name
    }
    for (name, place) in [("original", \Source.original), ("mask", \Source.mask)] {
      guard let written = columns.field(name, row) else { continue }
      guard let other = ListPath(written)?.path else {
        faults.add(
          .error, line: row.line, text: written, "is no path below the root for the \(name); the line is left out")
        return nil
      }
      source[keyPath: place] = other
      if name == "mask" { claimed.insert(other) }
    }
    if label == .real, source.original != nil {
      faults.add(
        .error, line: row.line, text: path,
        "is real and names an original; one of the two is wrong. The line is left out")
      return nil
    }
    return source
  }
}
