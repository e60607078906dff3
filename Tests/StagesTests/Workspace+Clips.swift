import Foundation
import TestSupport

extension Workspace {
  /// Small clips of moving cards in `data`, each a family of its own, by path (`real/a.mp4`): ready crops of a dataset called
  /// `clips`, for which no weights are needed.
  init(clipsIn folder: URL, _ paths: [String]) throws {
    self.init(existing: folder)
    try Data("[clips]\nlayout = \"folder\"\nroot = \"data\"\ninput = \"face\"\n".utf8)
      .write(to: folder.appending(path: "datasets.toml"))
    for (index, path) in paths.enumerated() { try addClip(path, first: 10 * index) }
  }

  func addClip(_ path: String, first: Int) throws {
    let file = root.appending(path: "data/\(path)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try SyntheticVideo.make(at: file, width: 96, height: 80, frames: 4, framesPerSecond: 10) {
      SyntheticVideo.card(width: 96, height: 80, frameIndex: first + $0)
    }
  }

  /// Makes a clip two mebibytes large by a box that no reader looks into, so that it is worth a unit of its own.
  func enlarge(_ path: String) throws {
    let handle = try FileHandle(forWritingTo: root.appending(path: "data/\(path)"))
    defer { try? handle.close() }
    try handle.seekToEnd()
    // Size, big-endian, and kind; source: ISO/IEC 14496-12, 8.1.2.
    try handle.write(contentsOf: Data([0, 0x20, 0, 8]) + Data("free".utf8) + Data(count: 2 << 20))
  }

  /// Stages that take ready crops as they are, and write shards.
  static let stagesOfClips = """
      - decode: {frames: 3}
      - detect: {model: haar}
      - track: {}
      - crop: {margin: 1, size: 48, format: png}
      - shard: {samples: 5}
    """

  /// What `status --json` says, as far as tests look at it.
  struct Status: Decodable {
    struct Bad: Decodable { var name: String, status: String, code: String }
    struct Stage: Decodable { var id: String, state: String, counts: Counts }
    struct Counts: Decodable {
      var input: Int, made: Int, output: Int, dropped: [String: Int], failed: [String: Int], quarantined: [String: Int]
    }
    struct Holder: Decodable { var epoch: Int }
    var isFinished: Bool, sources: [String: Int], sourceCount: Int, samples: Int, badSources: [Bad], stages: [Stage]
    var holder: Holder?
  }

  func status(_ run: String) throws -> Status {
    let result = try dfprep("status", run, "--json")
    guard result.status == 0 else { throw WorkspaceFailure(message: result.errors) }
    return try JSONDecoder().decode(Status.self, from: Data(result.output.utf8))
  }

  /// Starts dfprep and does not wait for it.
  func start(_ arguments: String..., environment: [String: String] = [:]) throws -> Process {
    let process = Process()
    process.executableURL = TestFiles.dfprep
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["DFPREP_MODELS": TestFiles.models.path(percentEncoded: false)]) { $1 }.merging(environment) { $1 }
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Waits until a file is there and says what `isReady` looks for.
  func wait(for path: String, isReady: (String) -> Bool = { _ in true }) throws {
    for _ in 0..<600 {
      if let text = try? text(path), isReady(text) { return }
      usleep(50_000)
    }
    throw WorkspaceFailure(message: "\(path) did not come")
  }
}

struct WorkspaceFailure: Error, CustomStringConvertible {
  let message: String
  var description: String { message }
}
