internal import Records

/// Celeb-DF v1 and v2: three folders of clips and `List_of_testing_videos.txt`.
///
/// The folder gives the label. In the list, which has no header, 1 is *real*. A fake `idA_idB_NNNN` shows the body and
/// scene of `Celeb-real/idA_NNNN` with the face of idB.
package enum CelebDFReader: DatasetReader {
  package static let layout = "celeb-df"
  package static let holds = "folders Celeb-real, YouTube-real and Celeb-synthesis with List_of_testing_videos.txt"

  static let realFolders = ["Celeb-real", "YouTube-real"]
  static let fakeFolder = "Celeb-synthesis"

  /// Lines of the list in each version, the clips of that version, and those of its list.
  private static let versions: [(lines: Int, all: ExpectedCounts, test: ExpectedCounts)] = [
    (100, ExpectedCounts(reals: 408, fakes: 795), ExpectedCounts(reals: 38, fakes: 62)),
    (518, ExpectedCounts(reals: 890, fakes: 5639), ExpectedCounts(reals: 178, fakes: 340)),
  ]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    let names = try folder.folders()
    guard names.contains(where: realFolders.contains) || names.contains(fakeFolder) else { return false }
    return try folder.folders(in: fakeFolder).isEmpty
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.notes = ["labels from the folders: Celeb-real and YouTube-real are real, Celeb-synthesis is fake"]
    let list = try CelebDFList(folder, &scan) { path in
      switch path.split(separator: "/").map(String.init) {
      case let parts where parts.count == 2 && realFolders.contains(parts[0]): .real
      case let parts where parts.count == 2 && parts[0] == fakeFolder: .fake
      default: nil
      }
    }
    expect(list, &scan)
    var (present, strange) = (Set<String>(), [String]())
    for name in realFolders + [fakeFolder] {
      for clip in try folder.clips(in: name) {
        let path = "\(name)/\(clip)"
        present.insert(path)
        var source = declaration.source(path, name == fakeFolder ? .fake : .real)
        if !describe(&source, clip, folder: name) { strange.append(path) }
        if let list { source.officialSplit = list.paths.contains(path) ? "test" : "train" }
        scan.sources.append(source)
      }
    }
    scan.warn(strange, "not a name of Celeb-DF; identity and original of this clip are not known")
    scan.missing += (list?.paths ?? []).subtracting(present)
    scan.missing += scan.sources.compactMap(\.original).filter { !present.contains($0) }
    let below = try folder.folders(in: fakeFolder)
    if !below.isEmpty {
      scan.warn(
        fakeFolder,
        "has sub-folders (\(below.joined(separator: ", "))), which Celeb-DF v1 and v2 have not; for Celeb-DF++ write "
          + "layout = \"celeb-df-pp\"")
      for name in below { scan.unexpected += try folder.clipsBelow("\(fakeFolder)/\(name)") }
    }
    scan.unexpected += try folder.clips(besides: Set(realFolders + [fakeFolder]))
    return scan
  }

  /// Reads who is seen from a clip's name.
  ///
  /// - Returns: whether the name is one of Celeb-DF.
  static func describe(_ source: inout Source, _ clip: String, folder: String) -> Bool {
    switch folder {
    case "Celeb-real":
      guard let match = clip.wholeMatch(of: /(id\d+)_\d+\.mp4/) else { return false }
      source.identity = String(match.1)
    case fakeFolder:
      guard let match = clip.wholeMatch(of: /(id\d+)_(id\d+)_(\d+)\.mp4/) else { return false }
      source.identity = String(match.1)
      source.donor = String(match.2)
      source.original = "Celeb-real/\(match.1)_\(match.3).mp4"
    default: return clip.wholeMatch(of: /\d+\.mp4/) != nil
    }
    return true
  }

  private static func expect(_ list: CelebDFList?, _ scan: inout DatasetScan) {
    let newest = versions[versions.count - 1]
    guard let list else {
      scan.expected = newest.all
      return
    }
    let version = versions.first { $0.lines == list.lineCount } ?? newest
    scan.expected = version.all
    if list.lineCount == version.lines {
      scan.expectedSplits = ["test": version.test]
      if let reals = version.all.reals, let fakes = version.all.fakes, let testReals = version.test.reals,
        let testFakes = version.test.fakes
      {
        scan.expectedSplits["train"] = ExpectedCounts(reals: reals - testReals, fakes: fakes - testFakes)
      }
    }
    guard !versions.contains(where: { $0.lines == list.paths.count }) else { return }
    let eaten =
      versions.contains { $0.lines == list.paths.count + 1 && list.lineCount == list.paths.count }
      ? ". One is lacking: whoever wrote this copy may have taken the first line for a header" : ""
    scan.warn(
      CelebDFList.name,
      "\(list.paths.count) clips; Celeb-DF v2 has 518 in it, v1 100\(eaten). A testing video that it lacks counts as train"
    )
  }
}
