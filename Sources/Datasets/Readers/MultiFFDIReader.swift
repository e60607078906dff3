package import Records

/// MultiFFDI (MFFI, the Multimedia Deepfake Detection challenge): `phase1/{trainset,valset}/<md5>.jpg` with
/// `trainset_label.txt` and `valset_label.txt`, a header `img_name,target`, 1 = fake.
///
/// The lists have no method, identity or original. The second phase's `testset1_seen` has no labels and is left out.
package enum MultiFFDIReader: DatasetReader {
  package static let layout = "multiffdi"
  package static let defaultInput = InputKind.face
  package static let holds =
    "folders trainset and valset of pictures (in phase1 or the root) with trainset_label.txt, valset_label.txt"

  private static let sets: [(folder: String, lists: [String], split: String, count: Int)] = [
    ("trainset", ["trainset_label.txt", "train_label.txt"], "train", 524_429),
    ("valset", ["valset_label.txt", "val_label.txt"], "validation", 147_363),
  ]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    let base = folder.isFolder("phase1") ? "phase1" : ""
    let names = try folder.folders(in: base)
    return sets.contains { names.contains($0.folder) }
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.expected = ExpectedCounts(clips: sets.reduce(0) { $0 + $1.count })
    scan.notes = ["the lists say no method, identity or original; clusters are the only domains"]
    let base = folder.isFolder("phase1") ? "phase1" : ""
    for set in sets {
      scan.expectedSplits[set.split] = ExpectedCounts(clips: set.count)
      let place = DatasetFolder.join(base, set.folder)
      guard folder.isFolder(place) else {
        scan.warn(place, "not there; no picture of the split '\(set.split)'")
        continue
      }
      let clips = try folder.clips(in: place, images: true)
      // The lists lie beside the folder, or in it.
      let candidates = set.lists.flatMap { [DatasetFolder.join(base, $0), "\(place)/\($0)"] }
      guard let list = candidates.first(where: folder.isFile), let lines = try TextList(list, folder, &scan)?.lines
      else {
        if !candidates.contains(where: folder.isFile) {
          scan.fail(candidates[0], "not there; the \(clips.count) pictures of \(place) have no label")
        }
        scan.unexpected += clips.map { "\(place)/\($0)" }
        continue
      }
      scan.notes.append("\(list): 1 = fake, 0 = real")
      read(lines, of: list, in: place, split: set.split, clips: clips, declaration, &scan)
    }
    for name in try folder.folders(in: base) where name.hasPrefix("testset") {
      let count = try folder.clipsBelow(DatasetFolder.join(base, name)).count
      scan.notes.append("\(DatasetFolder.join(base, name)): \(count) pictures without published labels, left out")
    }
    let known = Set(sets.map(\.folder))
    for name in try folder.folders(in: base) where !known.contains(name) && !name.hasPrefix("testset") {
      scan.unexpected += try folder.clipsBelow(DatasetFolder.join(base, name))
    }
    if !base.isEmpty { scan.unexpected += try folder.clips(besides: [base]) }
    return scan
  }

  private static func read(
    _ lines: [TextList.Line], of list: String, in place: String, split: String, clips: [String],
    _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) {
    let present = Set(clips)
    var faults = LineFaults(list)
    var labels: [Substring: Label] = [:]
    labels.reserveCapacity(lines.count)
    var strange: [String] = []
    for (index, line) in lines.enumerated() {
      let fields = line.text.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 2, !fields[0].isEmpty, !fields[0].contains("/"),
        let label: Label = ["0": .real, "1": .fake][fields[1]]
      else {
        if index > 0 || line.text != "img_name,target" {
          faults.add(.error, line: line.number, text: line.text, "is not a file name, a comma and 0 or 1")
        }
        continue
      }
      if labels[fields[0]] == label {
        faults.add(.warning, line: line.number, text: line.text, "names a picture a second time")
        continue
      }
      labels[fields[0]] = label
      let path = "\(place)/\(fields[0])"
      guard present.contains(String(fields[0])) else {
        scan.missing.append(path)
        continue
      }
      if !isDigest(fields[0]) { strange.append(path) }
      var source = declaration.source(path, label)
      source.officialSplit = split
      scan.sources.append(source)
    }
    if lines.first?.text != "img_name,target", !lines.isEmpty {
      scan.warn(list, "has no header img_name,target; its first line is read as a picture, or the list lacks one")
    }
    faults.report(&scan)
    scan.warn(strange, "not named by an MD5 digest, as all pictures of MultiFFDI are")
    scan.unexpected += clips.filter { labels[$0[...]] == nil }.map { "\(place)/\($0)" }
  }

  /// Whether a name is 32 hexadecimal digits and an end.
  private static func isDigest(_ name: Substring) -> Bool {
    let stem = name.utf8.prefix { $0 != UInt8(ascii: ".") }
    return stem.count == 32
      && stem.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0) }
  }
}
