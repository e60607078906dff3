package import Records

/// DF40: pictures of faces in `<method>/{ff,cdf}/...`, all fake, or `<method>/{fake,real}/...` for the methods that bring their
/// own reals; the folders of methods may lie in folders `train` and `test`.
///
/// Other reals come from FaceForensics++ and Celeb-DF, which are datasets of their own. Pictures of one video, in a folder
/// named as those datasets name their fakes, have its target, donor and source video.
package enum DF40Reader: DatasetReader {
  package static let layout = "df40"
  package static let defaultInput = InputKind.face
  package static let holds = "folders of methods with folders ff and cdf, or fake and real, of pictures"

  private static let domains: Set = ["cdf", "ff"]
  private static let splits: Set = ["train", "test"]
  /// What DeepfakeBench puts beside the frames.
  private static let sideProducts: Set = ["landmarks", "masks"]

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    for method in try methods(folder) {
      if try folder.folders(in: method.path).contains(where: domains.contains) { return true }
    }
    return false
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.notes = [
      "labels from the folders: ff, cdf and fake are fake, real is real; the reals of ff and cdf are FaceForensics++'s and "
        + "Celeb-DF's"
    ]
    var (ignored, sideProducts) = (0, 0)
    let grammar = Grammar()
    for method in try methods(folder) {
      var isMethod = false
      for part in try folder.folders(in: method.path) {
        let place = "\(method.path)/\(part)"
        let label: Label? = domains.contains(part) || part == "fake" ? .fake : part == "real" ? .real : nil
        guard let label else {
          if Self.sideProducts.contains(part) {
            sideProducts += 1
          } else {
            scan.unexpected += try folder.clipsBelow(place)
          }
          continue
        }
        isMethod = true
        for path in try folder.clipsBelow(place) {
          let below = path.dropFirst(place.count + 1).split(separator: "/").map(String.init)
          guard !below.contains(where: Self.sideProducts.contains) else {
            ignored += 1
            continue
          }
          var source = declaration.source(path, label)
          source.method = label == .fake ? method.name : nil
          source.officialSplit = method.split
          describe(&source, below, domain: part, grammar)
          scan.sources.append(source)
        }
      }
      scan.unexpected += try folder.clips(in: method.path, images: true).map { "\(method.path)/\($0)" }
      if !isMethod { scan.warn(method.path, "has none of the folders ff, cdf, fake, real; nothing is read from it") }
    }
    if ignored + sideProducts > 0 { scan.notes.append("folders landmarks and masks are passed over") }
    scan.unexpected += try folder.clips(in: "", images: true)
    return scan
  }

  /// Names of fakes in the datasets that DF40 is made from; made once, since a literal is parsed wherever it is met.
  private struct Grammar {
    let faceForensics = /(\d{3})_(\d{3})/
    let celebDF = /(id\d+)_(id\d+)_(\d+)/
  }

  /// Folders of methods, in the root or in those of its folders that are named train and test.
  private static func methods(
    _ folder: DatasetFolder
  ) throws(DatasetsError) -> [(path: String, name: String, split: String?)] {
    var found: [(path: String, name: String, split: String?)] = []
    for name in try folder.folders() {
      guard splits.contains(name) else {
        found.append((name, name, nil))
        continue
      }
      for method in try folder.folders(in: name) { found.append(("\(name)/\(method)", method, name)) }
    }
    return found
  }

  /// Reads target, donor and source video from the folder that a picture lies in, or, of a video, from its own name.
  ///
  /// - Parameter below: parts of the path below the domain's folder.
  private static func describe(_ source: inout Source, _ below: [String], domain: String, _ grammar: Grammar) {
    guard let last = below.last else { return }
    let isVideo = DatasetFolder.isClip(last, images: false)
    let name = isVideo ? DatasetFolder.stem(last) : below.dropLast().last ?? ""
    if let match = name.wholeMatch(of: grammar.faceForensics) {
      source.identity = "\(domain)-\(match.1)"
      source.donor = "\(domain)-\(match.2)"
      source.sourceVideo = "\(domain)-\(match.1)"
    } else if let match = name.wholeMatch(of: grammar.celebDF) {
      source.identity = "\(domain)-\(match.1)"
      source.donor = "\(domain)-\(match.2)"
      source.sourceVideo = "\(domain)-\(match.1)_\(match.3)"
    } else if !isVideo, below.count > 1, name != "frames" {
      source.sourceVideo = source.path.split(separator: "/").dropLast().joined(separator: "/")
    }
  }
}
