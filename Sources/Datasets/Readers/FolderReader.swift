internal import Records

/// Any collection: videos and images at any depth below `real/` and `fake/`, in any case.
package enum FolderReader: DatasetReader {
  package static let layout = "folder"
  package static let holds = "folders real and fake with videos or images at any depth"

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    let names = Set(try folder.folders().map { $0.lowercased() })
    return Label.allCases.allSatisfy { names.contains($0.name) }
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    scan.notes = ["labels from the folders: real, fake; no original, identity or split is known"]
    try read(folder, declaration, &scan)
    return scan
  }

  /// Reads what is below the folders `real` and `fake`.
  static func read(
    _ folder: DatasetFolder, _ declaration: DatasetDeclaration, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    var known = Set<String>()
    for label in Label.allCases {
      let named = try folder.folders().filter { $0.lowercased() == label.name }
      if named.isEmpty { scan.warn("\(label.name)/", "not there; the dataset has no \(label.name) clip") }
      var misnamed: [String] = []
      let other: Label = label == .real ? .fake : .real
      for name in named {
        known.insert(name)
        for path in try folder.clipsBelow(name) {
          if says(other, path.dropFirst(name.count)) { misnamed.append(path) }
          scan.sources.append(declaration.source(path, label))
        }
      }
      scan.warn(misnamed, "lies in \(label.name), yet its name says \(other.name); the folder is believed, look at it")
    }
    scan.unexpected += try folder.clips(besides: known)
  }

  /// Whether a path has the name of a label as a word of its own, and not the other's as well.
  private static func says(_ label: Label, _ path: Substring) -> Bool {
    // Most paths hold neither word, and taking them apart costs far more than seeing that.
    guard contains(path, label.name) else { return false }
    let words = path.lowercased().split { !$0.isLetter }
    return words.contains { $0 == label.name } && !words.contains { $0 != label.name && ["real", "fake"].contains($0) }
  }

  /// Whether the bytes of `word`, lower-case ASCII, stand anywhere in a path, in any case.
  private static func contains(_ path: Substring, _ word: String) -> Bool {
    let letters = Array(word.utf8)
    var matched = 0
    for byte in path.utf8 {
      let lower = (65...90).contains(byte) ? byte | 0x20 : byte
      // No label's name begins anew within itself.
      matched = lower == letters[matched] ? matched + 1 : lower == letters[0] ? 1 : 0
      if matched == letters.count { return true }
    }
    return false
  }
}
