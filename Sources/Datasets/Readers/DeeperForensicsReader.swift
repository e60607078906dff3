private import Records

/// DeeperForensics-1.0: `manipulated_videos/<variant>/target_SourceID.mp4`, all fake, and `lists/splits/{train,val,test}.txt`.
///
/// The reals are the YouTube clips of FaceForensics++ c23. They are read where the root has (or links to) that dataset's
/// `original_sequences`; each fake names its own there as original, so that all variants of a target are one family.
/// `source_videos`, the actors whose faces were put in, is no real part and is left out, as its authors ask.
package enum DeeperForensicsReader: DatasetReader {
  package static let layout = "deeperforensics"
  package static let options = ["variants"]
  package static let holds =
    "a folder manipulated_videos with folders as end_to_end, and lists/splits; the reals, from FaceForensics++, in "
    + "original_sequences/youtube/c23/videos"

  static let variants =
    ["end_to_end"] + (1...5).map { "end_to_end_level_\($0)" }
    + (2...4).map { "end_to_end_mix_\($0)_distortions" } + ["end_to_end_random_level", "reenact_postprocess"]
  private static let manipulated = "manipulated_videos"
  private static let originals = "original_sequences/youtube/c23/videos"

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    try folder.folders(in: manipulated).contains(where: variants.contains)
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.notes = ["manipulated_videos is fake; reals are those of FaceForensics++ c23"]
    let splits = try readSplits(folder, &scan)
    let found = try folder.folders(in: manipulated)
    let wanted = declaration.options.variants
    let taken = found.filter { variants.contains($0) && wanted?.contains($0) ?? true }
    scan.expected = ExpectedCounts(reals: 1000, fakes: 1000 * (wanted ?? variants).count)
    var (strange, targets): ([String], [String: Set<String>]) = ([], [:])
    for variant in taken {
      let place = "\(manipulated)/\(variant)"
      var present = Set<String>()
      for clip in try folder.clips(in: place) {
        var source = declaration.source("\(place)/\(clip)", .fake)
        (source.method, source.compression) = describe(variant)
        present.insert(clip)
        if let match = clip.wholeMatch(of: /(\d{3})_([MW]\d{3})\.mp4/) {
          source.identity = String(match.1)
          source.donor = String(match.2)
          source.original = "\(originals)/\(match.1).mp4"
          source.officialSplit = splits[clip]
          if let split = splits[clip] { targets[String(match.1), default: []].insert(split) }
        } else {
          strange.append(source.path)
        }
        scan.sources.append(source)
      }
      scan.missing += splits.keys.filter { !present.contains($0) }.map { "\(place)/\($0)" }
    }
    scan.warn(strange, "not a name of DeeperForensics, as 000_M101.mp4; target and donor of this clip are not known")
    for name in wanted ?? [] where !found.contains(name) {
      scan.fail("\(manipulated)/\(name)", "this variant is asked for and not there")
    }
    try readOriginals(targets, folder, declaration, &scan)
    for name in found where !variants.contains(name) {
      scan.unexpected += try folder.clipsBelow("\(manipulated)/\(name)")
    }
    scan.unexpected += try folder.clips(besides: [manipulated, "lists", "original_sequences", "source_videos"])
    return scan
  }

  /// The reals, and what is left out.
  private static func readOriginals(
    _ targets: [String: Set<String>], _ folder: DatasetFolder, _ declaration: DatasetDeclaration,
    _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    let clips = try folder.clips(in: originals).filter { $0.wholeMatch(of: /\d{3}\.mp4/) != nil }
    for clip in clips {
      var source = declaration.source("\(originals)/\(clip)", .real)
      let target = DatasetFolder.stem(clip)
      source.identity = target
      source.compression = "c23"
      source.officialSplit = targets[target].flatMap { $0.count == 1 ? $0.first : nil }
      scan.sources.append(source)
    }
    let present = Set(clips.map { "\(originals)/\($0)" })
    scan.missing += Set(scan.sources.compactMap(\.original)).subtracting(present)
    if clips.isEmpty {
      scan.warn(
        originals, "not there, so the dataset has no real clip; put a link to FaceForensics++'s original_sequences here"
      )
    }
    if folder.isFolder("source_videos") {
      scan.notes.append("source_videos: the actors' own clips, not the real part by its authors' word; left out")
    }
  }

  /// Method and perturbation of a variant.
  private static func describe(_ variant: String) -> (method: String, perturbation: String?) {
    guard variant.hasPrefix("end_to_end_") else { return (variant, nil) }
    return ("end_to_end", String(variant.dropFirst("end_to_end_".count)))
  }

  /// Official split by the file name of a fake.
  private static func readSplits(
    _ folder: DatasetFolder, _ scan: inout DatasetScan
  ) throws(DatasetsError) -> [String: String] {
    var splits: [String: String] = [:]
    for name in ["train", "val", "test"] {
      let list = "lists/splits/\(name).txt"
      guard folder.isFile(list), let split = OfficialSplit.name(name) else {
        scan.warn(list, "not there; its clips have no official split")
        continue
      }
      var faults = LineFaults(list)
      for line in try TextList(list, folder, &scan)?.lines ?? [] {
        let clip = ListPath(line.text)?.path.split(separator: "/").last.map(String.init) ?? ""
        guard clip.wholeMatch(of: /\d{3}_[MW]\d{3}\.mp4/) != nil else {
          faults.add(
            .error, line: line.number, text: line.text, "is not the name of a manipulated clip, as 000_M101.mp4")
          continue
        }
        if let other = splits.updateValue(split, forKey: clip) {
          let message =
            other == split ? "names a clip a second time" : "names a clip that is in the split '\(other)', too"
          faults.add(other == split ? .warning : .error, line: line.number, text: line.text, message)
        }
      }
      faults.report(&scan)
    }
    if !splits.isEmpty {
      scan.notes.append("lists/splits: \(splits.count) names of fakes; a real has the split of its fakes")
    }
    return splits
  }
}
