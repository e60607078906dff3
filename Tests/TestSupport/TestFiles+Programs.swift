package import Foundation

extension TestFiles {
  /// The `dfprep` that was built with the tests.
  package static let dfprep: URL = {
    // Under `swift test` the bundle's path is among the arguments; built products lie beside it.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "dfprep")
  }()

  /// Photographs and clips of people that `make deps` fetches by package name.
  package static let demoMedia: URL = repository.appending(path: "build/demo/media")

  /// Writes a program that can be started.
  ///
  /// A process of its own writes it: while this one holds a file open to write, another thread's new child holds it
  /// too, and a file that anybody may write to cannot be started.
  package static func writeProgram(_ text: String, to file: URL) throws {
    let path = file.path(percentEncoded: false)
    let written = try runProcess("sh", ["-c", #"cat >"$1" && chmod 755 "$1""#, "sh", path], input: Data(text.utf8))
    guard written.status == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: ["sh": written.errors]) }
  }

  /// Whether weights and photographs are there: `make test` fetches them.
  package static let hasModelsAndMedia: Bool =
    ["face_detection_yunet_2023mar.onnx", "efficientnet-lite0-57934424.pth"].allSatisfy {
      FileManager.default.fileExists(atPath: models.appending(path: $0).path(percentEncoded: false))
    }
    && FileManager.default.fileExists(atPath: demoMedia.appending(path: "multi_face.jpg").path(percentEncoded: false))
}
