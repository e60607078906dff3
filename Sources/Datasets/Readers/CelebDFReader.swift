private import Foundation
private import Records

/// Celeb-DF v1 and v2: three folders of clips and `List_of_testing_videos.txt`.
///
/// The folder gives the label. In the list, which has no header, 1 is *real*. A fake `idA_idB_NNNN` shows the body and
/// scene of `Celeb-real/idA_NNNN` with the face of idB.
package enum CelebDFReader: DatasetReader {
  package static let layout = "celeb-df"
  package static let options: [String] = []
  package static let holds = "folders Celeb-real, YouTube-real and Celeb-synthesis with List_of_testing_videos.txt"

  private static let listName = "List_of_testing_videos.txt"
  private static let labels: KeyValuePairs<String, Label> = [
    "Celeb-real": .real, "Celeb-synthesis": .fake, "YouTube-real": .real,
  ]
  /// Lines of the list in each version, and the clips of that version.
  private static let versions: [Int: ExpectedCounts] = [
    100: ExpectedCounts(reals: 408, fakes: 795), 518: ExpectedCounts(reals: 890, fakes: 5639),
  ]

  package static func scan(_ declaration: DatasetDeclaration) throws(DatasetsError) -> DatasetScan {
    let folder = DatasetFolder(declaration.root)
    var scan = DatasetScan(declaration)
    scan.notes = ["labels from the folders: Celeb-real and YouTube-real are real, Celeb-synthesis is fake"]
    let list = try readList(folder, &scan)
    var present = Set<String>()
    for (name, label) in labels {
      for clip in try folder.clips(in: name) {
        let path = "\(name)/\(clip)"
        present.insert(path)
        var source = declaration.source(path, label)
        describe(&source, clip, folder: name, &scan)
        if let list { source.officialSplit = list.contains(path) ? "test" : "train" }
        scan.sources.append(source)
      }
    }
    scan.missing += (list ?? []).subtracting(present)
    scan.missing += scan.sources.compactMap(\.original).filter { !present.contains($0) }
    for name in try folder.folders() where !labels.contains(where: { $0.key == name }) {
      scan.unexpected += try folder.clips(in: name).map { "\(name)/\($0)" }
    }
    scan.unexpected += try folder.clips(in: "")
    return scan
  }

  /// Reads who is seen from a clip's name.
  private static func describe(_ source: inout Source, _ clip: String, folder: String, _ scan: inout DatasetScan) {
    switch folder {
    case "Celeb-real":
      if let match = clip.wholeMatch(of: /(id\d+)_\d+\.mp4/) {
        source.identity = String(match.1)
        return
      }
    case "Celeb-synthesis":
      if let match = clip.wholeMatch(of: /(id\d+)_(id\d+)_(\d+)\.mp4/) {
        source.identity = String(match.1)
        source.donor = String(match.2)
        source.original = "Celeb-real/\(match.1)_\(match.3).mp4"
        return
      }
    default:
      if clip.wholeMatch(of: /\d+\.mp4/) != nil { return }
    }
    scan.warn(source.path, "not a name of Celeb-DF; identity and original of this clip are not known")
  }

  /// Paths of the testing videos; `nil` when there is no list.
  private static func readList(
    _ folder: DatasetFolder, _ scan: inout DatasetScan
  ) throws(DatasetsError) -> Set<String>? {
    guard folder.isFile(listName) else {
      scan.warn(listName, "not there; no clip has an official split")
      scan.expected = versions[518]
      return nil
    }
    let lines = String(decoding: try folder.data(listName), as: UTF8.self).split(whereSeparator: \.isNewline)
    var named = Set<String>()
    var inverted = 0
    for (index, line) in lines.enumerated() {
      guard let match = line.wholeMatch(of: /([01])\s+(([A-Za-z-]+)\/\S+\.mp4)\s*/),
        let label = labels.first(where: { $0.key == match.3 })?.value
      else {
        let end = index + 1 == lines.count ? ", the last: the list may be cut" : ""
        scan.fail(listName, "line \(index + 1)\(end), '\(line)', names no clip; the official split lacks it")
        continue
      }
      if (match.1 == "1") == (label == .real) { inverted += 1 }
      named.insert(String(match.2))
    }
    scan.expected = versions[lines.count] ?? versions[518]
    if versions[named.count] == nil {
      scan.warn(
        listName,
        "\(named.count) clips; Celeb-DF v2 has 518 in it, v1 100. A testing video that it lacks counts as train")
    }
    if inverted == named.count {
      scan.notes.append("\(listName): 1 = real, 0 = fake, no header; used for the official split only")
    } else if inverted == 0 {
      scan.notes.append("\(listName): 1 = fake, 0 = real, unlike the published list; used for the official split only")
    } else {
      scan.warn(
        listName, "\(named.count - inverted) of \(named.count) digits contradict the folders; the folders are believed")
    }
    return named
  }
}
