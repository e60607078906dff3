package import Records

/// Reads one layout of folders and lists, as a dataset is published in it.
package protocol DatasetReader: SendableMetatype {
  /// Name of the layout in datasets.toml.
  static var layout: String { get }
  /// Keys of datasets.toml that only some layouts have, and this one does.
  static var options: [String] { get }
  /// Those of ``options`` that a declaration must have.
  static var requiredOptions: [String] { get }
  /// What a source shows when the declaration does not say.
  static var defaultInput: InputKind { get }
  /// What a root of this layout holds, for messages.
  static var holds: String { get }

  /// Whether a folder looks like a root of this layout, by the names in it and one or two levels below.
  static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool

  /// Lists a root that is there. Labels in the result are 1 = fake, whatever the dataset's own lists say.
  static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan
}

extension DatasetReader {
  package static var options: [String] { [] }
  package static var requiredOptions: [String] { [] }
  package static var defaultInput: InputKind { .frame }
}

/// The readers there are.
package enum DatasetReaders {
  /// Sorted by layout.
  package static let all: [any DatasetReader.Type] = [
    CelebDFReader.self,
    CelebDFPlusReader.self,
    CelebAReader.self,
    CSVReader.self,
    DeeperForensicsReader.self,
    DF40Reader.self,
    DFDCReader.self,
    DFDCPreviewReader.self,
    FaceForensicsReader.self,
    FolderReader.self,
    MultiFFDIReader.self,
    StyleGANReader.self,
    SupConReader.self,
    UADFVReader.self,
    WebDatasetReader.self,
  ]

  package static var layouts: [String] { all.map { $0.layout } }

  static func reader(for layout: String) -> (any DatasetReader.Type)? { all.first { $0.layout == layout } }

  /// Lists what is on disk of a dataset.
  ///
  /// - Throws: ``DatasetsError`` when the root is not there or holds nothing of the layout.
  package static func scan(_ declaration: DatasetDeclaration) throws(DatasetsError) -> DatasetScan {
    guard let reader = reader(for: declaration.layout) else {
      throw DatasetsError(
        code: .badDeclaration,
        message: "unknown layout '\(declaration.layout)'\(Nearest.hint(for: declaration.layout, among: layouts))")
    }
    let folder = DatasetFolder(declaration.root)
    let hint = RootHint(declaration: declaration, reader: reader)
    guard folder.exists else {
      throw DatasetsError(
        code: .missingRoot,
        message: "no folder at \(declaration.root) for dataset '\(declaration.name)';\(hint.nearFolder) \(hint.remedy)")
    }
    var scan = try reader.scan(declaration, folder)
    guard !scan.sources.isEmpty else {
      throw DatasetsError(code: .emptyRoot, message: emptiness(scan, declaration, reader, hint))
    }
    report(folder, &scan)
    refuseTwice(&scan)
    if let label = scan.sources.first?.label, scan.sources.allSatisfy({ $0.label == label }) {
      scan.notes.append("all \(label.name): to train or to measure takes a dataset with the other class beside it")
    }
    scan.sources.sort { $0.path < $1.path }
    scan.problems.sort { ($0.path, $0.message) < ($1.path, $1.message) }
    scan.missing = Set(scan.missing).sorted()
    scan.unexpected = Set(scan.unexpected).sorted()
    return scan
  }

  /// Why a root gives no source, the likeliest reason first.
  private static func emptiness(
    _ scan: DatasetScan, _ declaration: DatasetDeclaration, _ reader: any DatasetReader.Type, _ hint: RootHint
  ) -> String {
    let start = "\(declaration.root) holds no clip of dataset '\(declaration.name)'"
    let other = hint.otherRoot
    if !other.isEmpty { return "\(start);\(other) \(hint.remedy)" }
    var sentences = ["\(start): layout '\(reader.layout)' is \(reader.holds)"]
    let problems = scan.problems.filter { $0.severity == .error } + scan.problems.filter { $0.severity == .warning }
    sentences += problems.prefix(3).map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
    if !scan.missing.isEmpty { sentences.append("\(scan.missing.count) clips that its lists name are not there") }
    if !scan.unexpected.isEmpty { sentences.append("\(scan.unexpected.count) clips are there without a label") }
    return sentences.joined(separator: ". ") + "; \(hint.remedy)"
  }

  /// What the listing of folders met beside clips.
  private static func report(_ folder: DatasetFolder, _ scan: inout DatasetScan) {
    if let first = folder.passedOver.min() {
      scan.notes.append("passed over \(folder.passedOver.count) leftovers of macOS or Windows, as \(first)")
    }
    scan.warn(folder.brokenLinks, "a link to nothing; it counts as not there")
    for (path, count) in folder.unreadableNames {
      scan.fail(path, "\(count) names that are not UTF-8; those files are left out, rename them")
    }
  }

  /// A path names one source. A reader that gives two has read two lists that contradict each other.
  private static func refuseTwice(_ scan: inout DatasetScan) {
    guard Set(scan.sources.map(\.path)).count < scan.sources.count else { return }
    let byPath = Dictionary(grouping: scan.sources, by: \.path).filter { $0.value.count > 1 }
    let contradicted = Set(byPath.filter { Set($0.value.map(\.label)).count > 1 }.keys)
    scan.fail(Array(contradicted), "named both real and fake; the clip is left out")
    scan.warn(byPath.keys.filter { !contradicted.contains($0) }, "named twice; the first is taken")
    var seen = Set<String>()
    scan.sources.removeAll { contradicted.contains($0.path) || !seen.insert($0.path).inserted }
  }
}
