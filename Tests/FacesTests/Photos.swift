import Faces
import Foundation
import Imaging
import Records
import TestSupport

/// Photographs that are not part of the repository, and what is known of them.
enum Photos {
  static let folder = TestFiles.sharedMedia
  static let areThere = folder != nil
  static let modelIsThere = FaceDetectors.names.flatMap(FaceDetectors.modelFiles(for:)).allSatisfy { name in
    // Those that begin with a slash are files of the system.
    name.hasPrefix("/")
      || FileManager.default.fileExists(atPath: TestFiles.models.appending(path: name).path(percentEncoded: false))
  }
  static let demoAndModelsAreThere =
    modelIsThere && FileManager.default.fileExists(atPath: TestFiles.demoMedia.path(percentEncoded: false))
  static let andModelAreThere = areThere && modelIsThere

  static func image(_ path: String) throws -> Image {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return try ImageCodec.decode([UInt8](Data(contentsOf: folder.appending(path: path))))
  }

  /// A photograph of those that `make test` fetches.
  static func demo(_ name: String) throws -> Image {
    try ImageCodec.decode([UInt8](Data(contentsOf: TestFiles.demoMedia.appending(path: name))))
  }

  /// The photos with annotated boxes, in the order of their file `training.xml`.
  static func annotated() throws -> [(name: String, boxes: [Box])] {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    let text = try String(contentsOf: folder.appending(path: "photos_with_boxes/training.xml"), encoding: .isoLatin1)
    var photos: [(name: String, boxes: [Box])] = []
    for line in text.split(separator: "\n") {
      if let match = line.firstMatch(of: /<image file='([^']+)'/) { photos.append((String(match.1), [])) }
      if let match = line.firstMatch(of: /<box top='(\d+)' left='(\d+)' width='(\d+)' height='(\d+)'/) {
        let numbers = [match.2, match.1, match.3, match.4].compactMap { Double($0) }
        photos[photos.count - 1].boxes.append(
          Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]))
      }
    }
    return photos
  }

  /// How many of `truth` overlap a face of `faces` by a quarter or more, and how many faces overlap none of `truth`.
  static func score(_ faces: [Face], against truth: [Box]) -> (hits: Int, extra: Int) {
    let hits = truth.filter { box in faces.contains { $0.box.overlap(with: box) >= 0.25 } }.count
    let extra = faces.filter { face in !truth.contains { face.box.overlap(with: $0) >= 0.25 } }.count
    return (hits, extra)
  }
}
