private import Records

/// Any collection: videos and images at any depth below `real/` and `fake/`, in any case.
package enum FolderReader: DatasetReader {
  package static let layout = "folder"
  package static let options: [String] = []
  package static let holds = "folders real and fake with videos or images at any depth"

  package static func scan(_ declaration: DatasetDeclaration) throws(DatasetsError) -> DatasetScan {
    let folder = DatasetFolder(declaration.root)
    var scan = DatasetScan(declaration)
    scan.notes = ["labels from the folders: real, fake; no original, identity or split is known"]
    for label in Label.allCases {
      let named = try folder.folders().filter { $0.lowercased() == label.name }
      if named.isEmpty { scan.warn("\(label.name)/", "not there; the dataset has no \(label.name) clip") }
      for name in named {
        scan.sources += try folder.clipsBelow(name).map { declaration.source($0, label) }
      }
    }
    let read = Label.allCases.map(\.name)
    for name in try folder.folders() where !read.contains(name.lowercased()) {
      scan.unexpected += try folder.clipsBelow(name)
    }
    scan.unexpected += try folder.clips(in: "", images: true)
    return scan
  }
}
