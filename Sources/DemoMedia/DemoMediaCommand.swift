import ArgumentParser
import Faces
import Foundation
import Records

/// Makes the small DFDC folder of the demo from clips and photographs of real people.
@main
struct DemoMediaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dfprep-demo-media",
    abstract: "Makes a small folder in the form of DFDC, out of clips and photographs of real people.",
    discussion: """
      Nine people, one real video and two fakes of each; every video goes through the same frames and the same single \
      encode. The same media give the same bytes. A folder that is complete is left alone.
      """)

  @Option(help: "Folder of the clips and photographs that `make demo` fetches.")
  var media = "build/demo/media"
  @Option(help: "Folder to make.")
  var output = "build/demo/dfdc"
  @Option(help: "Folder of the face detector's weights.")
  var models = "models"

  func run() throws {
    do {
      try make()
    } catch let error as DemoMediaError {
      try stop("\(error)", error.kind.exitStatus)
    } catch let error as FacesError {
      try stop("\(error)", 69)
    }
  }

  private func stop(_ message: String, _ status: Int32) throws {
    FileHandle.standardError.write(Data("dfprep-demo-media: \(message)\n".utf8))
    throw ExitCode(status)
  }

  private func make() throws {
    let start = Date()
    let target = URL(filePath: output)
    let mediaFolder = URL(filePath: media)
    let folder = DemoFolder()
    let digest = try Self.digest(of: mediaFolder)
    if folder.isComplete(in: target, media: digest) {
      print("\(output): complete, \(folder.entries.count) videos")
      return
    }
    let files = FileManager.default
    let isThere = files.fileExists(atPath: target.path(percentEncoded: false))
    guard !isThere || DemoFolder.isOurs(target) else {
      throw DemoMediaError(
        .folder, "\(output) is there and was not made by this program: name another folder, or remove it")
    }
    let encoder = try VideoEncoder()
    let detector = try FaceDetectors.make(
      "yunet", options: DetectorOptions(scoreThreshold: 0.6, scale: .side(1280)), modelsFolder: URL(filePath: models))
    let takes = try ParallelBlocks.map(of: 1, in: Cast.people.count) {
      try Take(Cast.people[$0.lowerBound], mediaFolder: mediaFolder, detector: detector)
    }

    // Made beside its place, so that a finished folder has its name and an unfinished one never has.
    let work = target.deletingLastPathComponent().appending(path: ".\(target.lastPathComponent).\(UUID().uuidString)")
    defer {
      // Nothing is there any more after the rename; what is left otherwise is of no use to anybody.
      try? files.removeItem(at: work)
    }
    for part in 0..<DemoFolder.parts {
      try files.createDirectory(
        at: work.appending(path: DemoFolder.partFolder(part)), withIntermediateDirectories: true)
    }
    _ = try ParallelBlocks.map(of: 1, in: folder.entries.count) { block in
      let entry = folder.entries[block.lowerBound]
      let take = takes[entry.person]
      let random = KeyedRandom(seed: UInt64(Cast.recipeVersion), key: entry.file, stage: "demo-media/forgery")
      try encoder.encode(to: work.appending(path: "\(DemoFolder.partFolder(entry.part))/\(entry.file)")) { index in
        guard let forgery = entry.forgery else { return try take.frame(index) }
        return try forgery.frame(index, of: take, donor: takes[entry.donor ?? entry.person], random: random)
      }
    }
    try folder.writeDescriptions(to: work, media: digest)
    if isThere { try files.removeItem(at: target) }
    try files.moveItem(at: work, to: target)
    report(folder, seconds: Date().timeIntervalSince(start))
  }

  private func report(_ folder: DemoFolder, seconds: Double) {
    print("part                real  fake")
    for part in 0..<DemoFolder.parts {
      let entries = folder.entries.filter { $0.part == part }
      let real = entries.filter { $0.forgery == nil }.count
      print(String(format: "dfdc_train_part_%d  %5d %5d", part, real, entries.count - real))
    }
    print(
      String(
        format: "%@: %d videos of %d people in %.1f s; methods and donors in demo-methods.csv", output,
        folder.entries.count, Cast.people.count, seconds))
  }

  /// Of the names and bytes of every file that the cast needs.
  private static func digest(of folder: URL) throws -> Digest {
    var builder = FingerprintBuilder("demo-media")
    for name in Set(Cast.people.map(\.file)).sorted() {
      let file = folder.appending(path: name)
      guard FileManager.default.isReadableFile(atPath: file.path(percentEncoded: false)) else {
        throw DemoMediaError(
          .missingMedia, "\(file.path(percentEncoded: false)) is missing: `make demo` fetches it")
      }
      builder.add(name, Digest(of: try Data(contentsOf: file)).hex)
    }
    return builder.finish()
  }
}
