package import Foundation

/// Where tests find files, and where they may write them.
package enum TestFiles {
  /// The repository's own folder.
  package static let repository: URL = {
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  /// Genuine videos and images that some machines keep beside the checkout; tests use more of them when they are there.
  package static let sharedMedia: URL? = folder(repository.appending(path: "../shared/media").standardizedFileURL)

  /// Weights and cascades that `make deps` fetches.
  package static let models: URL = repository.appending(path: "models")

  private static func folder(_ url: URL) -> URL? {
    FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) ? url : nil
  }

  /// Runs `body` with a new empty folder and removes it afterwards.
  package static func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "dfprep-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
