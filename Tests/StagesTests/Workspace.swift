import Faces
import Foundation
import Imaging
import Records
import TestSupport

/// A folder with datasets.toml, small clips of real faces and pipelines over them, for tests of the whole program.
///
/// The clips are cut from photographs: a window that wanders over one person's picture. Fakes have the middle of the face
/// blurred and recoloured; reals and fakes go through the same encoder once.
struct Workspace {
  let root: URL
  static let framesPerClip = 6
  private static let side = 160

  /// Pictures of single people, as many as the photographs show.
  private static let people: [Image] = {
    do {
      let detector = try FaceDetectors.make("yunet", options: DetectorOptions(), modelsFolder: TestFiles.models)
      return try ["obama.jpg", "biden.jpg", "multi_face.jpg", "astronaut.png"].flatMap { name in
        let picture = try ImageCodec.decode([UInt8](Data(contentsOf: TestFiles.demoMedia.appending(path: name))))
        return try detector.detect(picture).prefix(4).compactMap { face in portrait(of: face, in: picture) }
      }
    } catch { return [] }
  }()

  /// The surroundings of a face, 200 x 200, or `nil` where the face is too small or the picture too narrow.
  private static func portrait(of face: Face, in picture: Image) -> Image? {
    let side = Int(face.box.height * 1.8)
    guard side <= min(picture.width, picture.height), side >= 60 else { return nil }
    let x = min(max(0, Int(face.box.centre.x) - side / 2), picture.width - side)
    let y = min(max(0, Int(face.box.centre.y) - side / 2), picture.height - side)
    return try? picture.cropped(x: x, y: y, width: side, height: side)
      .resized(width: 200, height: 200, interpolation: .area)
  }

  /// Makes the clips: `families` originals with a fake each, in the layout of DFDC; those from `heldOut` on in a second
  /// dataset, `other`.
  init(_ root: URL, families: Int = 6, heldOut: Int = 6) throws {
    self.root = root
    guard Self.people.count >= families else { throw WorkspaceError(people: Self.people.count) }
    for (dataset, range) in [("clips", 0..<min(heldOut, families)), ("other", heldOut..<max(heldOut, families))] {
      let part = root.appending(path: "data/\(dataset)/dfdc_train_part_0")
      try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
      var metadata: [String: [String: String]] = [:]
      for person in range {
        let (real, fake) = ("real\(person).mp4", "fake\(person).mp4")
        try Self.clip(person, isFake: false, at: part.appending(path: real))
        try Self.clip(person, isFake: true, at: part.appending(path: fake))
        metadata[real] = ["label": "REAL", "split": "train"]
        metadata[fake] = ["label": "FAKE", "split": "train", "original": real]
      }
      try JSONEncoder().encode(metadata).write(to: part.appending(path: "metadata.json"))
    }
    let catalogue = ["clips", "other"].map { "[\($0)]\nlayout = \"dfdc\"\nroot = \"data/\($0)\"\n" }.joined(
      separator: "\n")
    try Data(catalogue.utf8).write(to: root.appending(path: "datasets.toml"))
  }

  private static func clip(_ person: Int, isFake: Bool, at url: URL) throws {
    try SyntheticVideo.make(
      at: url, width: side, height: side, frames: framesPerClip, framesPerSecond: 10,
      codecArguments: SyntheticVideo.h264
    ) { frame in
      let window = people[person].cropped(x: 4 + 5 * frame, y: 36 - 5 * frame, width: side, height: side)
      guard isFake else { return window }
      var forged = window
      let blurred = (try? window.gaussianBlurred(sigma: 3)) ?? window
      for y in side * 2 / 5..<side * 3 / 4 {
        for x in side / 3..<side * 2 / 3 {
          let offset = (y * side + x) * 3
          forged.pixels[offset] = UInt8(min(255, Int(blurred.pixels[offset]) + 12 + 6 * (person % 3)))
          forged.pixels[offset + 1] = blurred.pixels[offset + 1]
          forged.pixels[offset + 2] = blurred.pixels[offset + 2]
        }
      }
      return forged
    }
  }

  /// The pipeline that most tests run, up to shards.
  static let stagesToShards = """
      - decode: {frames: \(framesPerClip)}
      - detect: {}
      - track: {}
      - crop: {size: 96}
      - extend: {self-blend: 0.5}
      - filter: {min-face: 20}
      - dedupe: {max-distance: 1}
      - embed: {size: 64}
      - cluster: {k: 2, starts: 2}
      - resplit: {}
      - shard: {samples: 10}
    """

  /// Writes `Pipelines/<name>.yaml` and returns its path below the workspace.
  @discardableResult
  func pipeline(
    _ name: String, datasets: String = "[{name: clips}]", tolerance: String = "0%", stages: String = stagesToShards
  ) throws -> String {
    let folder = root.appending(path: "Pipelines")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = """
      version: 1
      name: \(name)
      seed: 3
      datasets: \(datasets)
      output: ../runs/\(name)
      tolerance: {failed-sources: \(tolerance)}
      stages:
      \(stages)
      """
    try Data(text.utf8).write(to: folder.appending(path: "\(name).yaml"))
    return "Pipelines/\(name).yaml"
  }

  /// Runs dfprep in the workspace.
  @discardableResult
  func dfprep(_ arguments: String..., environment: [String: String] = [:]) throws -> ProcessResult {
    try dfprep(arguments, environment: environment)
  }

  /// Runs dfprep in the workspace.
  @discardableResult
  func dfprep(_ arguments: [String], environment: [String: String] = [:]) throws -> ProcessResult {
    let models = ["DFPREP_MODELS": TestFiles.models.path(percentEncoded: false)]
    return try runProcess(
      TestFiles.dfprep.path(percentEncoded: false), arguments,
      environment: models.merging(environment) { $1 }, directory: root)
  }

  func data(_ path: String) throws -> Data { try Data(contentsOf: root.appending(path: path)) }
  func text(_ path: String) throws -> String { String(decoding: try data(path), as: UTF8.self) }

  /// State of every stage of a run: `cached`, `new` or `pending`.
  func states(_ run: String) throws -> [String: String] {
    struct Status: Decodable {
      struct Stage: Decodable { var id: String, state: String }
      var stages: [Stage]
    }
    let output = try dfprep("status", "Pipelines/\(run).yaml", "--json").output
    return Dictionary(
      uniqueKeysWithValues: try JSONDecoder().decode(Status.self, from: Data(output.utf8)).stages.map {
        ($0.id, $0.state)
      })
  }
}

struct WorkspaceError: Error, CustomStringConvertible {
  let people: Int
  var description: String { "the photographs show only \(people) usable people" }
}
