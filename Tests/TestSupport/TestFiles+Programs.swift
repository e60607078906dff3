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

  /// Whether weights and photographs are there: `make test` fetches them.
  package static let hasModelsAndMedia: Bool =
    ["face_detection_yunet_2023mar.onnx", "efficientnet-lite0-57934424.pth"].allSatisfy {
      FileManager.default.fileExists(atPath: models.appending(path: $0).path(percentEncoded: false))
    }
    && FileManager.default.fileExists(atPath: demoMedia.appending(path: "multi_face.jpg").path(percentEncoded: false))
}
