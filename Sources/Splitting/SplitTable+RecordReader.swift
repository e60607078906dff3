private import Records

extension SplitTable {
  /// Where the columns of a table stand.
  final class RecordReader {
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
    /// Reals by dataset, without extension, where fakes name their originals.
    private var reals: [String: Set<String>] = [:]
    /// The same by their names, of a dataset that has an original not named by its path.
    private var originals: [String: OriginalNames] = [:]
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
      if let division = sideName, foldColumns.isEmpty {
        divisions = [division]
      } else {
        divisions = foldColumns.map(\.division)
        guard !isDivided || !foldColumns.isEmpty else {
          throw SplittingError(
            code: .badInput,
            message: "\(name) has no column that divides it: `split`, `fold`, or `fold-0`, `fold-1` …")
        }
      }
      if column["original"] != nil { reals = self.reals(records) }
    }

    func row(_ record: [String]) throws(SplittingError) -> SplitRow {
      line += 1
      guard record.count == width else {
        throw SplittingError(
          code: .badInput, message: "\(name), record \(line): \(record.count) fields under a header of \(width)")
      }
      func field(_ column: String) -> String? { self.field(column, record) }
      let (dataset, video) = name(record)
      let own = grammar(video, dataset)
      let label = try label(field("label"))
      var family = own?.original ?? withoutExtension(video)
      if let original = field("original").map(VideoName.withForwardSlashes), original.lowercased() != "nan" {
        let path =
          !dataset.isEmpty && original.hasPrefix("\(dataset)/")
          ? String(original.dropFirst(dataset.count + 1)) : original
        family = grammar(path, dataset) == nil ? self.original(path, dataset) : VideoName.stem(path)
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

    private func field(_ column: String, _ record: [String]) -> String? {
      guard let index = self.column[column], !record[index].isEmpty else { return nil }
      return record[index]
    }

    /// The dataset, empty where the table does not say, and the video of a record, below it.
    private func name(_ record: [String]) -> (dataset: String, video: String) {
      var dataset = field("dataset", record) ?? ""
      var video = VideoName.withForwardSlashes(field(nameColumn, record) ?? "")
      if nameColumn == "sample", let parts = SampleParts(key: video) { (dataset, video) = (parts.dataset, parts.path) }
      if !dataset.isEmpty, video.hasPrefix("\(dataset)/") { video.removeFirst(dataset.count + 1) }
      return (dataset, video)
    }

    private func reals(_ records: [[String]]) -> [String: Set<String>] {
      var reals: [String: Set<String>] = [:]
      for record in records.dropFirst() where record.count == width {
        guard field("label", record).flatMap(Self.label) == .real else { continue }
        let (dataset, video) = name(record)
        reals[dataset, default: []].insert(withoutExtension(video))
      }
      return reals
    }

    /// The family of a fake by the original that it names: a real of the table, where one alone can be meant.
    private func original(_ path: String, _ dataset: String) -> String {
      let name = withoutExtension(path)
      guard let reals = reals[dataset], !reals.contains(name) else { return name }
      let names = originals[dataset] ?? OriginalNames(reals)
      originals[dataset] = names
      let meant = names.paths(of: name)
      return meant.count == 1 ? meant.first ?? name : name
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
      if let label = Self.label(text) { return label }
      throw SplittingError(
        code: .badInput, message: "\(name), record \(line): label '\(text)' is none of 0, 1, real, fake (1 = fake)")
    }

    private static func label(_ text: String) -> Label? {
      switch text.lowercased() {
      case "0", "0.0", "real": .real
      case "1", "1.0", "fake": .fake
      default: nil
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
