private import Engine
private import Foundation
private import Records
private import Splitting

/// Near-duplicates among image files: the verb `duplicates`.
package struct DuplicateSearch: Encodable, Sendable {
  /// What is looked for.
  package struct Options: Sendable {
    /// Bits in which hashes differ at most.
    package var radius: Int
    /// Least correlation of edges.
    package var correlation: Double
    package var cuts: Bool
    package var mirrored: Bool
    /// Whether files of one folder, such as the frames of a clip, are not compared.
    package var betweenFolders: Bool

    package init(radius: Int, correlation: Double, cuts: Bool, mirrored: Bool, betweenFolders: Bool) {
      self.radius = radius
      self.correlation = correlation
      self.cuts = cuts
      self.mirrored = mirrored
      self.betweenFolders = betweenFolders
    }
  }

  /// Two files that show the same picture.
  package struct Pair: Encodable, Sendable {
    package var first: String
    package var second: String
    package var bits: Int
    package var mirrored: Bool
    package var correlation: Double
  }

  /// A file that could not be read.
  package struct Failure: Encodable, Sendable {
    package var path: String
    package var message: String
  }

  /// Files that were read.
  package let images: Int
  package let failed: [Failure]
  package let pairs: [Pair]
  /// Files (at most 2,000, at even steps) whose nearest other differs in 0 ... 64 bits.
  package let nearestBits: [Int]

  private static let extensions: Set = ["jpg", "jpeg", "png"]

  /// Looks through files, and through folders with all that is below them for JPEG and PNG files.
  ///
  /// - Throws: ``ToolError`` for a path that is not there.
  package init(paths: [String], options: Options) throws {
    let files = try Set(paths.flatMap(Self.files)).sorted()
    let search = NearDuplicates(
      radius: options.radius, minimumCorrelation: options.correlation, findsCuts: options.cuts,
      findsMirrored: options.mirrored)
    let results = ParallelBlocks.map(of: 16, in: files.count) { block in
      block.map { index in Result { PictureHashes(try Self.thumbnail(files[index]), for: search) } }
    }.flatMap { $0 }
    var (readable, hashes, failed): ([String], [PictureHashes], [Failure]) = ([], [], [])
    for (file, result) in zip(files, results) {
      switch result {
      case .success(let value):
        readable.append(file)
        hashes.append(value)
      case .failure(let error): failed.append(Failure(path: file, message: "\(error)"))
      }
    }
    let folders = options.betweenFolders ? Self.folderNumbers(readable) : nil
    let found = try search.find(hashes, groups: folders) { [readable] in try Self.thumbnail(readable[$0]) }
    images = readable.count
    self.failed = failed
    pairs = found.map {
      Pair(
        first: readable[$0.first], second: readable[$0.second], bits: $0.bits, mirrored: $0.isMirrored,
        correlation: ($0.correlation * 10_000).rounded() / 10_000)
    }
    nearestBits = search.nearestDistances(hashes, groups: folders)
  }

  /// - Throws: ``ToolError`` with status 1 when nothing could be read.
  package func check() throws {
    guard images == 0 else { return }
    throw ToolError(.failed, failed.isEmpty ? "there are no JPEG or PNG files" : "none of the files could be read")
  }

  /// Distances that occur and how many files have them, in words.
  package var nearestInWords: String { DuplicateFacts.inWords(nearestBits) }

  private static func thumbnail(_ file: String) throws -> Thumbnail {
    try Thumbnail(compressed: [UInt8](Data(contentsOf: URL(filePath: file))))
  }

  private static func files(_ path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ToolError(.usage, "there is no \(path)")
    }
    guard isFolder.boolValue else { return [path] }
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    return try FileManager.default.subpathsOfDirectory(atPath: path)
      .filter { extensions.contains(URL(filePath: $0).pathExtension.lowercased()) }.map { "\(folder)/\($0)" }
  }

  private static func folderNumbers(_ files: [String]) -> [Int] {
    var numbers: [String: Int] = [:]
    return files.map { file in
      let folder = URL(filePath: file).deletingLastPathComponent().path(percentEncoded: false)
      let number = numbers[folder] ?? numbers.count
      numbers[folder] = number
      return number
    }
  }
}
