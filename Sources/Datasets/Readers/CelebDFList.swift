internal import Records

/// `List_of_testing_videos.txt` of the Celeb-DF datasets: a digit and a path per line, without a header; as published, 1 is
/// *real*. It is used for the official split alone, and held against the folders, which give the labels.
struct CelebDFList {
  static let name = "List_of_testing_videos.txt"

  /// Paths of the testing videos.
  private(set) var paths = Set<String>()
  /// Lines that are not blank, readable or not.
  private(set) var lineCount = 0

  /// Reads the list.
  ///
  /// - Parameter label: the label of a path by its folder, `nil` for a path that cannot be of the dataset.
  /// - Returns: `nil` when there is no list, which is a warning.
  init?(
    _ folder: DatasetFolder, _ scan: inout DatasetScan, label: (String) -> Label?
  ) throws(DatasetsError) {
    guard folder.isFile(Self.name), let lines = try TextList(Self.name, folder, &scan)?.lines else {
      if !folder.isFile(Self.name) { scan.warn(Self.name, "not there; no clip has an official split") }
      return nil
    }
    lineCount = lines.count
    var faults = LineFaults(Self.name)
    var (inverted, upright) = ([Int](), [Int]())
    for (index, line) in lines.enumerated() {
      guard let match = line.text.wholeMatch(of: /([01])[\s,]+(\S+\.mp4)/), let path = ListPath(String(match.2)),
        let label = label(path.path)
      else {
        let isLast = index + 1 == lines.count
        faults.add(
          .error, line: line.number, text: line.text,
          "names no clip; the official split lacks it\(isLast ? ". It is the last: the list may be cut" : "")")
        continue
      }
      if path.hadBackslashes {
        faults.add(.warning, line: line.number, text: line.text, "is written with backslashes; read as slashes")
      }
      if (match.1 == "1") == (label == .real) { inverted.append(line.number) } else { upright.append(line.number) }
      if !paths.insert(path.path).inserted {
        faults.add(.warning, line: line.number, text: line.text, "names a clip a second time")
      }
    }
    faults.report(&scan)
    note(inverted, upright, &scan)
  }

  private func note(_ inverted: [Int], _ upright: [Int], _ scan: inout DatasetScan) {
    if upright.isEmpty {
      scan.notes.append("\(Self.name): 1 = real, 0 = fake, no header; used for the official split only")
    } else if inverted.isEmpty {
      scan.notes.append(
        "\(Self.name): 1 = fake, 0 = real, unlike the published list; used for the official split only")
    } else {
      let odd = upright.count < inverted.count ? upright : inverted
      let named = odd.prefix(5).map(String.init).joined(separator: ", ")
      scan.warn(
        Self.name,
        "\(upright.count) of \(inverted.count + upright.count) digits contradict the folders (1 = real elsewhere; see "
          + "lines \(named)\(odd.count > 5 ? ", ..." : "")); the folders are believed")
    }
  }
}
