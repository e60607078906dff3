internal import Records

/// Celeb-DF++: the reals of Celeb-DF v2, and `Celeb-synthesis/{FaceSwap,FaceReenact,TalkingFace}/<method>/` with fakes.
///
/// The folder gives the label; in `List_of_testing_videos.txt` 1 is *real*. Names of `FaceSwap` are those of Celeb-DF. In
/// the other families the first identity is taken as the person seen, and the clip of `Celeb-real` with its number as
/// the original where it is there.
package enum CelebDFPlusReader: DatasetReader {
  package static let layout = "celeb-df-pp"
  package static let holds =
    "folders Celeb-real, YouTube-real and Celeb-synthesis/{FaceSwap,FaceReenact,TalkingFace}/<method> with "
    + "List_of_testing_videos.txt"

  static let families = ["FaceReenact", "FaceSwap", "TalkingFace"]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    for family in families {
      if try place(of: family, folder) != nil { return true }
    }
    return false
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.expectedSplits = ["test": ExpectedCounts(reals: 178, fakes: 8 * 200 + 7 * 200 + 7 * 300)]
    scan.notes = [
      "labels from the folders: Celeb-real and YouTube-real are real, FaceSwap, FaceReenact, TalkingFace fake"
    ]
    let list = try CelebDFList(folder, &scan) { path in
      let parts = path.split(separator: "/").map(String.init)
      if parts.count == 2, CelebDFReader.realFolders.contains(parts[0]) { return .real }
      return parts.count > 2 && parts.contains(where: families.contains) ? .fake : nil
    }
    for name in CelebDFReader.realFolders {
      var strange: [String] = []
      for clip in try folder.clips(in: name) {
        var source = declaration.source("\(name)/\(clip)", .real)
        if !CelebDFReader.describe(&source, clip, folder: name) { strange.append(source.path) }
        scan.sources.append(source)
      }
      scan.warn(strange, "not a name of Celeb-DF; the identity of this clip is not known")
    }
    let reals = Set(scan.sources.map(\.path))
    for family in families {
      guard let place = try place(of: family, folder) else {
        scan.warn(family, "not there; no fakes of this family")
        continue
      }
      try readFamily(family, at: place, reals: reals, folder, declaration, &scan)
    }
    let present = Set(scan.sources.map(\.path))
    if let list {
      for index in scan.sources.indices {
        scan.sources[index].officialSplit = list.paths.contains(scan.sources[index].path) ? "test" : "train"
      }
      scan.missing += list.paths.subtracting(present)
    }
    scan.missing += scan.sources.compactMap(\.original).filter { !present.contains($0) }
    scan.unexpected += try folder.clips(in: CelebDFReader.fakeFolder).map { "\(CelebDFReader.fakeFolder)/\($0)" }
    for name in try folder.folders(in: CelebDFReader.fakeFolder) where !families.contains(name) {
      scan.unexpected += try folder.clipsBelow("\(CelebDFReader.fakeFolder)/\(name)")
    }
    scan.unexpected += try folder.clips(
      besides: Set(CelebDFReader.realFolders + families + [CelebDFReader.fakeFolder]))
    return scan
  }

  /// Where the methods of a family lie: below `Celeb-synthesis`, or right in the root.
  private static func place(of family: String, _ folder: DatasetFolder) throws(DatasetsError) -> String? {
    if try folder.folders(in: CelebDFReader.fakeFolder).contains(family) {
      return "\(CelebDFReader.fakeFolder)/\(family)"
    }
    return try folder.folders().contains(family) ? family : nil
  }

  private static func readFamily(
    _ family: String, at place: String, reals: Set<String>, _ folder: DatasetFolder,
    _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    scan.unexpected += try folder.clips(in: place).map { "\(place)/\($0)" }
    var strange: [String] = []
    for method in try folder.folders(in: place) {
      for path in try folder.clipsBelow("\(place)/\(method)") {
        var source = declaration.source(path, .fake)
        source.method = "\(family)/\(method)"
        let clip = path.split(separator: "/").last.map(String.init) ?? path
        if family == "FaceSwap" {
          if !CelebDFReader.describe(&source, clip, folder: CelebDFReader.fakeFolder) { strange.append(path) }
        } else if let match = clip.wholeMatch(of: /(id\d+)_(?:(id\d+)_)?(\d+)(?:_.*)?\.mp4/) {
          source.identity = String(match.1)
          source.donor = match.2.map(String.init)
          let original = "Celeb-real/\(match.1)_\(match.3).mp4"
          source.original = reals.contains(original) ? original : nil
        } else {
          strange.append(path)
        }
        scan.sources.append(source)
      }
    }
    scan.warn(strange, "not a name of Celeb-DF++; identity and original of this clip are not known")
  }
}
