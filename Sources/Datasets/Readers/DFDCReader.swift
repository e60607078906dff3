private import Foundation
private import Records

/// Deepfake Detection Challenge: `dfdc_train_part_N/` with clips and `metadata.json`, `train_sample_videos/` alike, and
/// `validation/` and `test/` with `labels.csv`.
///
/// Any subset of the parts, and any subset of a part, is read; what the lists name and the disk lacks is reported.
package enum DFDCReader: DatasetReader {
  package static let layout = "dfdc"
  package static let options = ["parts"]
  package static let holds = "folders dfdc_train_part_N with clips and metadata.json"

  private static let sample = "train_sample_videos"
  private static let labelled = ["test": "test", "validation": "validation"]

  private struct Entry: Decodable {
    var label: String
    var split: String?
    var original: String?
  }

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    let names = try folder.folders()
    return names.contains { number(of: $0) != nil || $0 == sample } || folder.isFile("test/labels.csv")
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    let names = try folder.folders()
    let parts = names.compactMap { name in number(of: name).map { (name: name, number: $0) } }
    let wanted = declaration.options.parts
    var reader = PartReader(folder: folder, declaration: declaration)
    for part in parts where wanted?.contains(part.number) ?? true {
      if let first = parts.first(where: { $0.number == part.number }), first.name != part.name {
        scan.warn(part.name, "part \(part.number) is there twice, as \(first.name) too")
      }
      // Each zip holds a folder of nearly its own name, which is where unpacking into a new folder leaves it.
      let inner = try folder.folders(in: part.name).first { number(of: $0) == part.number }
      try reader.read(inner.map { "\(part.name)/\($0)" } ?? part.name, &scan)
    }
    if let wanted {
      for number in wanted where !parts.contains(where: { $0.number == number }) {
        scan.fail("dfdc_train_part_\(number)", "this part is asked for and not there")
      }
    } else {
      let hasParts = !parts.isEmpty
      if hasParts { scan.expected = ExpectedCounts(reals: 19_154, fakes: 100_000) }
      if names.contains(sample) {
        try reader.read(sample, &scan)
        if !hasParts { scan.expected = ExpectedCounts(clips: 400) }
      }
      for (name, split) in labelled.sorted(by: { $0.key < $1.key }) where names.contains(name) {
        try readLabelled(name, split: split, folder, declaration, &scan)
      }
    }
    reader.reportTwins(&scan)
    if scan.sources.contains(where: { $0.officialSplit == "train" }) {
      scan.notes.insert("metadata.json: the words REAL and FAKE; original in the same part", at: 0)
    }
    scan.unexpected += try folder.clips(besides: Set(parts.map(\.name)).union(labelled.keys).union([sample]))
    return scan
  }

  /// The number of a part by its folder's name.
  private static func number(of name: String) -> Int? {
    name.wholeMatch(of: /dfdc_train_part_0*(\d+)/).flatMap { Int($0.1) }
  }

  /// Reads the folders that have a `metadata.json`.
  private struct PartReader {
    let folder: DatasetFolder
    let declaration: DatasetDeclaration
    /// Part by clip name: the names are meant to be unique over all parts.
    private var partOfClip: [String: String] = [:]
    private var twins: [String] = []

    init(folder: DatasetFolder, declaration: DatasetDeclaration) {
      self.folder = folder
      self.declaration = declaration
    }

    mutating func read(_ part: String, _ scan: inout DatasetScan) throws(DatasetsError) {
      let list = "\(part)/metadata.json"
      let clips = try folder.clips(in: part)
      guard folder.isFile(list) else {
        scan.fail(list, "not there; the \(clips.count) clips beside it have no label")
        scan.unexpected += clips.map { "\(part)/\($0)" }
        return
      }
      let data = try folder.data(list)
      let entries: [String: Entry]
      do { entries = try JSONDecoder().decode([String: Entry].self, from: data) } catch {
        scan.fail(
          list, "cut off, or not the metadata of a part; the \(clips.count) clips beside it have no label (\(error))")
        scan.unexpected += clips.map { "\(part)/\($0)" }
        return
      }
      scan.warn(
        JSONNames.repeated(in: data).map { "\(part)/\($0)" }, "named twice in metadata.json; one entry is taken")
      let present = Set(clips)
      scan.unexpected += clips.filter { entries[$0] == nil }.map { "\(part)/\($0)" }
      var (orphans, badSplits): ([String], [String]) = ([], [])
      for (clip, entry) in entries.sorted(by: { $0.key < $1.key }) {
        if let original = entry.original, !present.contains(original) { scan.missing.append("\(part)/\(original)") }
        guard present.contains(clip) else {
          scan.missing.append("\(part)/\(clip)")
          continue
        }
        guard let label: Label = ["REAL": .real, "FAKE": .fake][entry.label] else {
          scan.fail("\(part)/\(clip)", "label '\(entry.label)' is neither REAL nor FAKE; the clip is left out")
          continue
        }
        var source = declaration.source("\(part)/\(clip)", label)
        source.officialSplit = OfficialSplit.name(entry.split ?? "")
        if let split = entry.split, source.officialSplit == nil { badSplits.append("\(source.path) ('\(split)')") }
        if partOfClip.updateValue(part, forKey: clip) != nil { twins.append(source.path) }
        if label == .fake {
          source.original = entry.original.map { "\(part)/\($0)" }
          if entry.original == nil { orphans.append(source.path) }
          if let original = entry.original, let label = entries[original]?.label, label != "REAL" {
            scan.warn(source.path, "its original \(original) is itself labelled \(label)")
          }
        } else if entry.original != nil {
          scan.warn(source.path, "labelled REAL, yet metadata.json names an original for it")
        }
        scan.sources.append(source)
      }
      scan.warn(orphans, "a fake without an original in metadata.json")
      scan.warn(badSplits, "a split that is not train, validation or test; the clip counts as without one")
    }

    /// Says which clips are in two parts.
    func reportTwins(_ scan: inout DatasetScan) {
      scan.warn(twins, "a clip of this name is in another part, too; was a part copied into another?")
    }
  }

  /// `labels.csv`: a header `filename,label`, 1 = fake; the clips beside it or in `videos/`.
  private static func readLabelled(
    _ name: String, split: String, _ folder: DatasetFolder, _ declaration: DatasetDeclaration,
    _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    let list = "\(name)/labels.csv"
    let place = folder.isFolder("\(name)/videos") ? "\(name)/videos" : name
    let clips = try folder.clips(in: place)
    guard folder.isFile(list), let lines = try TextList(list, folder, &scan)?.lines else {
      if !folder.isFile(list) { scan.fail(list, "not there; the \(clips.count) clips of '\(name)' have no label") }
      scan.unexpected += clips.map { "\(place)/\($0)" }
      return
    }
    scan.notes.append("\(list): 1 = fake, 0 = real")
    let counts = name == "test" ? ExpectedCounts(reals: 2500, fakes: 2500) : ExpectedCounts(clips: 4000)
    scan.expected = scan.expected.map { $0 + counts } ?? counts
    scan.expectedSplits[split] = counts
    let present = Set(clips)
    var faults = LineFaults(list)
    var labels: [String: Label] = [:]
    for (index, line) in lines.enumerated() where !(index == 0 && line.text.hasPrefix("filename")) {
      guard let match = line.text.wholeMatch(of: /([^,\/]+\.[A-Za-z0-9]+),([01])(?:\.0)?(?:,.*)?/) else {
        faults.add(.error, line: line.number, text: line.text, "is not a file name, a comma and 0 or 1")
        continue
      }
      let label: Label = match.2 == "1" ? .fake : .real
      let path = "\(place)/\(match.1)"
      if labels[path] == label {
        faults.add(.warning, line: line.number, text: line.text, "names a clip a second time")
        continue
      }
      labels[path] = label
      guard present.contains(String(match.1)) else {
        scan.missing.append(path)
        continue
      }
      var source = declaration.source(path, label)
      source.officialSplit = split
      scan.sources.append(source)
    }
    faults.report(&scan)
    scan.unexpected += clips.map { "\(place)/\($0)" }.filter { labels[$0] == nil }
  }
}
