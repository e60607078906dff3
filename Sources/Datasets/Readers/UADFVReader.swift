private import Records

/// UADFV: 49 clips each in `real/` and `fake/`; a fake `NNNN_fake` was made from the real `NNNN`.
package enum UADFVReader: DatasetReader {
  package static let layout = "uadfv"
  package static let holds = "folders real and fake with 49 clips each"

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    guard try FolderReader.recognises(folder) else { return false }
    return try folder.clips(in: "fake").contains { $0.wholeMatch(of: /\d{4}_fake\..+/) != nil }
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.expected = ExpectedCounts(reals: 49, fakes: 49)
    scan.notes = ["labels from the folders: real, fake; the original of NNNN_fake is NNNN"]
    try FolderReader.read(folder, declaration, &scan)
    let present = Set(scan.sources.map(\.path))
    let realFolder = present.contains { $0.hasPrefix("Real/") } ? "Real" : "real"
    var strange: [String] = []
    for index in scan.sources.indices where scan.sources[index].label == .fake {
      let path = scan.sources[index].path
      guard let match = path.wholeMatch(of: /[Ff]ake\/(\d+)_fake(\.\w+)/) else {
        strange.append(path)
        continue
      }
      let original = "\(realFolder)/\(match.1)\(match.2)"
      scan.sources[index].method = "FakeApp"
      scan.sources[index].original = original
      if !present.contains(original) { scan.missing.append(original) }
    }
    scan.warn(strange, "not a name of UADFV, as fake/0000_fake.mp4; the original of this clip is not known")
    return scan
  }
}
