internal import Augmentation
private import Datasets
private import Decoding
internal import Engine
package import Foundation
internal import Imaging
internal import Records
private import Sharding
internal import Training

/// Anybody's WebDataset shards as a trainer takes them: jpg, png or webp with a label in cls or json; decoded, augmented by
/// (seed, key, epoch), at the network's size.
package struct WebDatasetTrainingData: PictureTrainingData {
  /// What makes a stored picture one to train on.
  package struct Options: Sendable {
    /// Side of the network's input, pixels.
    package var side: Int
    /// A preset's name; `nil` for pictures as they are.
    package var augmentation: String?
    package var seed: UInt64
    /// Where labels are: `cls`, or `json:` and a key.
    package var label: String
    /// Whether the digit 1 means fake.
    package var oneIsFake: Bool

    package init(side: Int, augmentation: String?, seed: UInt64, label: String = "cls", oneIsFake: Bool = true) {
      (self.side, self.augmentation, self.seed) = (side, augmentation, seed)
      (self.label, self.oneIsFake) = (label, oneIsFake)
    }
  }

  private struct Shard {
    let url: URL
    let reader: MemberReader
  }

  /// By folder and name.
  private let places: [(source: Source, shard: Shard)]
  private let options: Options
  private let augmentations: [AugmentationRecipe]
  /// What was left out, and why.
  package let notes: [String]

  /// - Parameter shards: tars; those of one folder are one dataset, named as the folder.
  /// - Throws: ``ToolError`` with status 64 for an unknown preset, or where nothing has a picture and a label.
  package init(shards: [URL], options: Options) throws {
    self.options = options
    if let name = options.augmentation {
      guard let recipe = AugmentationPresets.named(name) else {
        throw ToolError(
          .usage, "there is no augmentation '\(name)'; take one of \(AugmentationPresets.names.joined(separator: ", "))"
        )
      }
      augmentations = [recipe]
    } else {
      augmentations = []
    }
    var places: [(source: Source, shard: Shard)] = []
    var notes: [String] = []
    let folders = Dictionary(grouping: shards) { $0.deletingLastPathComponent().absoluteURL.standardizedFileURL }
    for (folder, shards) in folders.sorted(by: { $0.key.path() < $1.key.path() }) {
      let scan = try DatasetReaders.scan(
        DatasetDeclaration(
          name: folder.lastPathComponent, layout: WebDatasetReader.layout, root: folder.path(percentEncoded: false),
          input: .face,
          options: LayoutOptions(label: options.label, one: options.oneIsFake ? .fake : .real)))
      let names = Set(shards.map(\.lastPathComponent))
      notes += scan.problems.filter { names.contains(String($0.path.prefix { $0 != "/" })) }
        .map { "\(scan.dataset)/\($0.path): \($0.message)" }
      var opened: [String: Shard] = [:]
      for name in names.sorted() {
        let url = folder.appending(path: name)
        opened[name] = Shard(url: url, reader: try MemberReader(path: url))
      }
      places += scan.sources.sorted { $0.name < $1.name }.compactMap { source in
        opened[source.filePath].map { (source, $0) }
      }
    }
    guard !places.isEmpty else {
      throw ToolError(
        .usage,
        "no sample of these shards has a picture and a label in \(options.label)\n"
          + notes.prefix(5).joined(separator: "\n"))
    }
    (self.places, self.notes) = (places, notes)
  }

  package var count: Int { places.count }

  func source(at index: Int) -> Source { places[index].source }

  /// The picture as it is stored.
  func decoded(at index: Int) throws -> Image {
    let (source, shard) = places[index]
    guard let member = source.member else { throw InternalFault("\(source.name) is of no shard") }
    return try Self.image(member, in: shard)
  }

  package func label(at index: Int) -> Int { places[index].source.label.rawValue }

  package func stratum(at index: Int) -> String { places[index].source.dataset }

  func picture(at index: Int) throws -> TrainingPicture {
    let source = places[index].source
    return try TrainingPicture(
      key: source.name, place: source.filePath, side: options.side, augmentations: augmentations, seed: options.seed
    ) { try decoded(at: index) }
  }

  private static func image(_ member: ArchiveMember, in shard: Shard) throws -> Image {
    let bytes = try shard.reader.read(offset: member.offset, length: member.length)
    let decoded = Result { () throws(ImagingError) in try ImageCodec.decode(bytes) }
    guard case .failure(let error) = decoded, error.kind == .unsupported else { return try decoded.get() }
    // Another format, such as WebP.
    var image: Image?
    let video = try VideoFile(
      path: shard.url.path(percentEncoded: false), part: member.offset..<member.offset + member.length,
      deinterlacing: false)
    _ = try video.decode([0]) { image = try $0.picture.image() }
    guard let image else { throw ToolError(.failed, "nothing can be decoded") }
    return image
  }
}
