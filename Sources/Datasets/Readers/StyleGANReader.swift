package import Records

/// "140k real and fake faces": `real_vs_fake/real-vs-fake/{train,valid,test}/{real,fake}/`, 70,000 FFHQ and as many
/// StyleGAN faces of 256 x 256, with `train.csv`, `valid.csv`, `test.csv`; also a flat folder `img` of StyleGAN faces alone.
///
/// The folder gives the label. In the lists 1 is *real*; they are held against the folders, and name what is missing.
package enum StyleGANReader: DatasetReader {
  package static let layout = "stylegan-140k"
  package static let defaultInput = InputKind.face
  package static let holds =
    "real_vs_fake/real-vs-fake/{train,valid,test}/{real,fake}, or a folder img (or StyleGAN/img) of fakes"

  private static let bases = ["real_vs_fake/real-vs-fake", "real-vs-fake", ""]
  private static let flat = ["StyleGAN/img", "img"]
  private static let splits = ["train", "valid", "test"]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    let hasSplits = try base(folder) != nil
    return hasSplits || folder.isFolder("StyleGAN/img")
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    if let base = try base(folder) {
      try readSplits(below: base, folder, declaration, &scan)
    } else if let place = flat.first(where: folder.isFolder) {
      scan.expected = ExpectedCounts(reals: 0, fakes: 70_000)
      scan.notes = ["\(place): every picture is a StyleGAN face, so fake; a real one put there would be labelled fake"]
      for path in try folder.clipsBelow(place) {
        var source = declaration.source(path, .fake)
        source.method = "StyleGAN"
        scan.sources.append(source)
      }
      scan.unexpected += try folder.clips(besides: [String(place.prefix { $0 != "/" })])
    } else {
      scan.unexpected = try folder.clipsBelow("")
    }
    return scan
  }

  /// The folder with the splits in it; `nil` when there is none.
  private static func base(_ folder: DatasetFolder) throws(DatasetsError) -> String? {
    for base in bases {
      let names = try folder.folders(in: base)
      for split in splits where names.contains(split) {
        let classes = try folder.folders(in: DatasetFolder.join(base, split))
        if classes.contains("real") || classes.contains("fake") { return base }
      }
    }
    return nil
  }

  private static func readSplits(
    below base: String, _ folder: DatasetFolder, _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    scan.expected = ExpectedCounts(reals: 70_000, fakes: 70_000)
    scan.notes = ["labels from the folders real and fake"]
    for name in splits {
      guard let split = OfficialSplit.name(name) else { continue }
      let half = name == "train" ? 50_000 : 10_000
      scan.expectedSplits[split] = ExpectedCounts(reals: half, fakes: half)
      let place = DatasetFolder.join(base, name)
      let classes = try folder.folders(in: place)
      if classes.isEmpty { scan.warn(place, "not there; no picture of this split") }
      var present = Set<String>()
      for label in Label.allCases where classes.contains(label.name) {
        for clip in try folder.clips(in: "\(place)/\(label.name)", images: true) {
          var source = declaration.source("\(place)/\(label.name)/\(clip)", label)
          source.method = label == .fake ? "StyleGAN" : nil
          source.officialSplit = split
          present.insert(source.path)
          scan.sources.append(source)
        }
      }
      for other in classes where !Label.allCases.contains(where: { $0.name == other }) {
        scan.unexpected += try folder.clipsBelow("\(place)/\(other)")
      }
      scan.unexpected += try folder.clips(in: place, images: true).map { "\(place)/\($0)" }
      try readList("\(name).csv", base: base, present: present, folder, &scan)
    }
    let parts = base.split(separator: "/").map(String.init)
    let top = parts.isEmpty ? Set(splits) : [parts[0]]
    for name in try folder.folders(in: base) where !splits.contains(name) && !parts.isEmpty {
      scan.unexpected += try folder.clipsBelow("\(base)/\(name)")
    }
    scan.unexpected += try folder.clips(besides: top)
  }

  /// Holds a list, which lies in the root, against the folders.
  private static func readList(
    _ name: String, base: String, present: Set<String>, _ folder: DatasetFolder, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    guard let list = [name, DatasetFolder.join(base, name)].first(where: folder.isFile) else { return }
    var faults = LineFaults(list)
    defer { faults.report(&scan) }
    guard let table = try CSVTable(list, folder, &faults, &scan) else { return }
    guard let pathColumn = table.column("path"), let labelColumn = table.column("label") else {
      scan.warn(
        list, "has no columns 'path' and 'label' (its first line: \(table.header.joined(separator: ","))); not used")
      return
    }
    var (inverted, upright) = (0, 0)
    for row in table.rows {
      guard let path = ListPath(row.fields[pathColumn])?.path else {
        faults.add(.error, line: row.line, text: row.fields[pathColumn], "is not a path below the folder of the splits")
        continue
      }
      let isReal = path.contains("/real/")
      switch row.fields[labelColumn] {
      case isReal ? "1" : "0": inverted += 1
      case isReal ? "0" : "1": upright += 1
      default: faults.add(.error, line: row.line, text: row.fields[labelColumn], "is a label that is not 0 or 1")
      }
      let full = DatasetFolder.join(base, path)
      if !present.contains(full) { scan.missing.append(full) }
    }
    if upright == 0 {
      scan.notes.append("\(list): 1 = real, 0 = fake; held against the folders, which give the labels")
    } else if inverted == 0 {
      scan.notes.append("\(list): 1 = fake, 0 = real, unlike the published list; the folders give the labels")
    } else {
      scan.warn(
        list, "\(min(inverted, upright)) of \(inverted + upright) labels contradict the folders; those are believed")
    }
  }
}
