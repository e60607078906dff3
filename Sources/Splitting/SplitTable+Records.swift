private import Records

extension SplitTable {
  /// Columns that may hold the name of a video or image, the best first.
  private static let nameColumns = ["path", "video", "source", "sample", "file", "filename", "img_name", "name"]
  private static let sideColumns = ["split", "fold", "set", "subset"]

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

  /// Where the columns of a table stand.
  private final class RecordReader {
    let column: [String: Int]
    let divisions: [String]
    let isSelimsef: Bool
    private let width: Int
    private let nameColumn: String
    private let name: String
    private let foldColumns: [(division: String, index: Int)]
    private let sideColumn: Int?
    private let sidePrefix: String
    private var names: [String: VideoName?] = [:]
    private var line = 1

    init(_ records: [[String]], name: String, isDivided: Bool = true) throws(SplittingError) {
      guard let header = records.first.map({ $0.map { $0.lowercased() } }) else {
        throw SplittingError(code: .badInput, message: "\(name) is empty")
      }
      let column = Dictionary(header.enumerated().map { ($1, $0) }) { first, _ in first }
      self.column = column
      width = header.count
      self.name = name
      guard let nameColumn = SplitTable.nameColumns.first(where: { column[$0] != nil }) else {
        throw SplittingError(
          code: .badInput,
          message:
            "\(name) has no column that names a video (\(SplitTable.nameColumns.joined(separator: ", "))); its header is \(header.joined(separator: ","))"
        )
      }
      self.nameColumn = nameColumn
      isSelimsef = Set(["video", "file", "label", "original", "frame", "fold"]).isSubset(of: header)
      foldColumns =
        isDivided
        ? header.enumerated().filter { $0.element.wholeMatch(of: /fold-\d+/) != nil }
          .map { (division: $0.element, index: $0.offset) } : []
      let sideName = isDivided ? SplitTable.sideColumns.first { header.contains($0) } : nil
      sideColumn = foldColumns.isEmpty ? sideName.flatMap { column[$0] } : nil
      sidePrefix = sideName == "fold" ? "fold " : ""
      guard let division = sideName, foldColumns.isEmpty else {
        divisions = foldColumns.map(\.division)
        guard !isDivided || !foldColumns.isEmpty else {
          throw SplittingError(
            code: .badInput,
            message: "\(name) has no column that divides it: `split`, `fold`, or `fold-0`, `fold-1` …")
        }
        return
      }
      divisions = [division]
    }

    func row(_ record: [String]) throws(SplittingError) -> SplitRow {
      line += 1
      guard record.count == width else {
        throw SplittingError(
          code: .badInput, message: "\(name), record \(line): \(record.count) fields under a header of \(width)")
      }
      func field(_ column: String) -> String? {
        guard let index = self.column[column], !record[index].isEmpty else { return nil }
        return record[index]
      }
      var dataset = field("dataset") ?? ""
      var video = VideoName.withForwardSlashes(field(nameColumn) ?? "")
      if nameColumn == "sample", let parts = SampleParts(key: video) { (dataset, video) = (parts.dataset, parts.path) }
      if !dataset.isEmpty, video.hasPrefix("\(dataset)/") { video.removeFirst(dataset.count + 1) }
      let own = grammar(video, dataset)
      let label = try label(field("label"))
      var family = own?.original ?? withoutExtension(video)
      if let original = field("original").map(VideoName.withForwardSlashes), original.lowercased() != "nan" {
        let path =
          !dataset.isEmpty && original.hasPrefix("\(dataset)/")
          ? String(original.dropFirst(dataset.count + 1)) : original
        family = grammar(path, dataset) == nil ? withoutExtension(path) : VideoName.stem(path)
      } else if let group = field("group") {
        family =
          !dataset.isEmpty && group.hasPrefix("\(dataset)/")
          ? withoutExtension(String(group.dropFirst(dataset.count + 1))) : withoutExtension(group)
      }
      let sides: [String?] =
        if let sideColumn {
          [record[sideColumn].isEmpty ? nil : sidePrefix + record[sideColumn]]
        } else {
          foldColumns.map { ["", "left-out"].contains(record[$0.index]) ? nil : record[$0.index] }
        }
      return SplitRow(
        item: LinkedItem(
          key: "\(dataset)/\(video) \(sides.map { $0 ?? "" }.joined(separator: " "))", dataset: dataset,
          video: withoutExtension(video), family: family, identity: field("identity") ?? own?.identity,
          donor: field("donor") ?? own?.donor, sourceVideo: field("source-video") ?? field("source_video"),
          scene: field("scene") ?? own?.scene),
        label: label, method: field("method"), file: file(video, field("file")), sides: sides)
    }

    /// Where the picture of a record should lie.
    private func file(_ video: String, _ file: String?) -> String {
      guard let file else { return video }
      return isSelimsef ? "crops/\(video)/\(file)" : VideoName.withForwardSlashes(file)
    }

    private func grammar(_ path: String, _ dataset: String) -> VideoName? {
      let name = "\(dataset)/\(path)"
      if let known = names[name] { return known }
      let found = VideoName(path, dataset: dataset)
      names[name] = found
      return found
    }

    private func withoutExtension(_ path: String) -> String {
      guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/"),
        path.distance(from: dot, to: path.endIndex) <= 5
      else { return path }
      return String(path[..<dot])
    }

    private func label(_ text: String?) throws(SplittingError) -> Label? {
      guard let text else { return nil }
      switch text.lowercased() {
      case "0", "0.0", "real": return .real
      case "1", "1.0", "fake": return .fake
      default:
        throw SplittingError(
          code: .badInput, message: "\(name), record \(line): label '\(text)' is none of 0, 1, real, fake (1 = fake)")
      }
    }
  }

  /// A key cut into what it was made of.
  private struct SampleParts {
    var dataset: String
    var path: String

    init?(key: String) {
      let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count >= 5, let dataset = SampleKey.unescape(parts[0]),
        let path = SampleKey.unescape(parts[1..<(parts.count - 3)].joined(separator: "/"))
      else { return nil }
      (self.dataset, self.path) = (dataset, path)
    }
  }
}
