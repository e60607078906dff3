private import Foundation
private import Records

/// Deepfake Detection Challenge: `dfdc_train_part_N/` with clips and `metadata.json`, and `test/` with `labels.csv`.
///
/// Any subset of the parts, and any subset of a part, is read; what the lists name and the disk lacks is reported.
package enum DFDCReader: DatasetReader {
  package static let layout = "dfdc"
  package static let options = ["parts"]
  package static let holds = "folders dfdc_train_part_N with clips and metadata.json"

  private struct Entry: Decodable {
    var label: String
    var split: String?
    var original: String?
  }

  package static func scan(_ declaration: DatasetDeclaration) throws(DatasetsError) -> DatasetScan {
    let folder = DatasetFolder(declaration.root)
    var scan = DatasetScan(declaration)
    scan.expected = ExpectedCounts(reals: 19_154, fakes: 100_000)
    scan.notes = ["metadata.json: the words REAL and FAKE"]
    let names = try folder.folders()
    let parts = names.compactMap { name in
      name.wholeMatch(of: /dfdc_train_part_0*(\d+)/).flatMap { Int($0.1) }.map { (name: name, number: $0) }
    }
    for part in parts where declaration.parts?.contains(part.number) ?? true {
      try readPart(part.name, folder, declaration, &scan)
    }
    if let wanted = declaration.parts {
      scan.expected = nil
      for number in wanted where !parts.contains(where: { $0.number == number }) {
        scan.fail("dfdc_train_part_\(number)", "this part is asked for and not there")
      }
    } else {
      try readTest(folder, declaration, &scan)
    }
    for name in names where !parts.contains(where: { $0.name == name }) && name != "test" {
      scan.unexpected += try folder.clips(in: name).map { "\(name)/\($0)" }
    }
    scan.unexpected += try folder.clips(in: "")
    return scan
  }

  private static func readPart(
    _ part: String, _ folder: DatasetFolder, _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    let list = "\(part)/metadata.json"
    let clips = try folder.clips(in: part)
    guard folder.isFile(list) else {
      scan.fail(list, "not there; the \(clips.count) clips beside it have no label")
      scan.unexpected += clips.map { "\(part)/\($0)" }
      return
    }
    let entries: [String: Entry]
    do { entries = try JSONDecoder().decode([String: Entry].self, from: try folder.data(list)) } catch {
      scan.fail(list, "not the metadata of a part (\(error)); the \(clips.count) clips beside it have no label")
      scan.unexpected += clips.map { "\(part)/\($0)" }
      return
    }
    let present = Set(clips)
    scan.unexpected += clips.filter { entries[$0] == nil }.map { "\(part)/\($0)" }
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
      source.officialSplit = ["train": "train", "test": "test", "validation": "validation"][entry.split ?? ""]
      if label == .fake {
        source.original = entry.original.map { "\(part)/\($0)" }
        if entry.original == nil { scan.warn(source.path, "a fake without an original in metadata.json") }
        if let original = entry.original, let label = entries[original]?.label, label != "REAL" {
          scan.warn(source.path, "its original \(original) is itself labelled \(label)")
        }
      }
      scan.sources.append(source)
    }
  }

  /// `labels.csv`: a header `filename,label`, 1 = fake; the clips beside it or in `videos/`.
  private static func readTest(
    _ folder: DatasetFolder, _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    let list = "test/labels.csv"
    guard folder.isFolder("test") else { return }
    let place = folder.isFolder("test/videos") ? "test/videos" : "test"
    let clips = try folder.clips(in: place)
    guard folder.isFile(list) else {
      scan.unexpected += clips.map { "\(place)/\($0)" }
      return
    }
    scan.notes.append("test/labels.csv: 1 = fake, 0 = real")
    var unnamed = Set(clips)
    let lines = String(decoding: try folder.data(list), as: UTF8.self).split(whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() where !(index == 0 && line.hasPrefix("filename")) {
      guard let match = line.wholeMatch(of: /([^,\/]+\.[A-Za-z0-9]+),([01])(?:\.0)?(?:,.*)?/) else {
        scan.fail(list, "line \(index + 1), '\(line)', is not a file name, a comma and 0 or 1")
        continue
      }
      let path = "\(place)/\(match.1)"
      guard unnamed.remove(String(match.1)) != nil else {
        scan.missing.append(path)
        continue
      }
      var source = declaration.source(path, match.2 == "1" ? .fake : .real)
      source.officialSplit = "test"
      scan.sources.append(source)
    }
    scan.unexpected += unnamed.map { "\(place)/\($0)" }
  }
}
