private import Records

/// CelebA: `img_align_celeba/` with pictures, all real, `list_eval_partition` and `identity_CelebA`.
///
/// The lists are read as published (`.txt`, no header) and as Kaggle has them (`.csv` with a header), in the root or in the
/// folders `Img`, `Eval` and `Anno` of the first publication.
package enum CelebAReader: DatasetReader {
  package static let layout = "celeba"
  package static let holds = "a folder img_align_celeba of pictures, with list_eval_partition and identity_CelebA"

  private static let pictures = ["img_align_celeba/img_align_celeba", "img_align_celeba", "Img/img_align_celeba"]
  private static let partitions = ["0": "train", "1": "validation", "2": "test"]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    pictures.contains(where: folder.isFolder)
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.expected = ExpectedCounts(reals: 202_599, fakes: 0)
    scan.expectedSplits = [
      "train": ExpectedCounts(reals: 162_770, fakes: 0), "validation": ExpectedCounts(reals: 19_867, fakes: 0),
      "test": ExpectedCounts(reals: 19_962, fakes: 0),
    ]
    scan.notes = ["all real; no list has a label of that kind"]
    guard let place = pictures.first(where: folder.isFolder) else {
      scan.unexpected = try folder.clipsBelow("")
      return scan
    }
    let splits = try column(
      "list_eval_partition", of: "a picture and 0, 1 or 2", without: "no picture has an official split", folder, &scan)
    let identities = try column(
      "identity_CelebA", of: "a picture and a number", without: "no picture has an identity", folder, &scan)
    var (present, strange, unlisted): (Set<String>, [String], [String]) = ([], [], [])
    let grammar = /\d{6}\.(?:jpg|png)/
    for clip in try folder.clips(in: place, images: true) {
      present.insert(clip)
      var source = declaration.source("\(place)/\(clip)", .real)
      if clip.wholeMatch(of: grammar) == nil { strange.append(source.path) }
      // The pictures aligned as PNG have the names of the list but for their ends.
      let name = clip.hasSuffix(".png") ? DatasetFolder.stem(clip) + ".jpg" : clip
      source.identity = identities?[name]
      source.officialSplit = splits?[name].flatMap { partitions[$0] }
      if let splits, splits[name] == nil { unlisted.append(source.path) }
      scan.sources.append(source)
    }
    scan.warn(strange, "not a name of CelebA, as 000001.jpg")
    scan.warn(unlisted, "not in list_eval_partition; it has no official split")
    scan.missing += (splits ?? [:]).keys.filter {
      !present.contains($0) && !present.contains(DatasetFolder.stem($0) + ".png")
    }.map { "\(place)/\($0)" }
    scan.unexpected += try folder.clips(besides: [String(place.prefix { $0 != "/" })])
    return scan
  }

  /// The second column of a list by its first, `.txt` or `.csv`; `nil` when there is no such list.
  private static func column(
    _ name: String, of form: String, without loss: String, _ folder: DatasetFolder, _ scan: inout DatasetScan
  ) throws(DatasetsError) -> [String: String]? {
    let places = ["", "Eval/", "Anno/"].flatMap { ["\($0)\(name).txt", "\($0)\(name).csv"] }
    guard let list = places.first(where: folder.isFile), let lines = try TextList(list, folder, &scan)?.lines else {
      if !places.contains(where: folder.isFile) { scan.warn("\(name).txt", "not there; \(loss)") }
      return nil
    }
    var faults = LineFaults(list)
    var values: [String: String] = [:]
    for (index, line) in lines.enumerated() {
      let fields = line.text.split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
      guard fields.count == 2, fields[0].hasSuffix(".jpg"), Int(fields[1]) != nil,
        name != "list_eval_partition" || partitions[fields[1]] != nil
      else {
        // A header has no picture's name in it.
        if index > 0 || line.text.contains(".jpg") {
          faults.add(
            .error, line: line.number, text: line.text, "is not \(form); \(loss.replacing("no picture", with: "it"))")
        }
        continue
      }
      if let other = values.updateValue(fields[1], forKey: fields[0]) {
        faults.add(
          other == fields[1] ? .warning : .error, line: line.number, text: line.text,
          "names a picture a second time\(other == fields[1] ? "" : ", with another value, which is taken")")
      }
    }
    faults.report(&scan)
    scan.notes.append(
      name == "list_eval_partition"
        ? "\(list): 0 = train, 1 = validation, 2 = test" : "\(list): \(Set(values.values).count) identities")
    return values
  }
}
