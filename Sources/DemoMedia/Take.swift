import Decoding
import Faces
import Foundation
import Imaging
import Records

/// The frames of one person's video, rendered when asked for: real and fake alike are made of them.
struct Take: Sendable {
  /// Side of the square frames, pixels.
  static let sidePixels = 480
  static let frameCount = 60
  static let framesPerSecond = 25

  let person: Person
  /// One picture per frame of a clip; one for all frames of a photograph.
  private let pictures: [Image]
  /// Source pixels to frame pixels, per frame.
  private let transforms: [Records.AffineTransform]
  /// Added to every value, per frame.
  private let brightness: [Double]
  /// Right eye, left eye, nose, right and left mouth corner in frame pixels, per frame.
  let landmarks: [[Point]]

  init(_ person: Person, mediaFolder: URL, detector: any FaceDetector) throws {
    let path = mediaFolder.appending(path: person.file).path(percentEncoded: false)
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw DemoMediaError(.missingMedia, "\(path) is missing: `make demo` fetches it")
    }
    self.person = person
    var random = KeyedRandom(seed: UInt64(Cast.recipeVersion), key: person.name, stage: "demo-media/motion")
    let faces: [Face]
    var others: [Face] = []
    switch person.material {
    case .photograph(let number, let count):
      let picture = try ImageCodec.decode([UInt8](Data(contentsOf: URL(filePath: path))))
      // The most certain ones, from left to right.
      let found = try detector.detect(picture).prefix(count).sorted { $0.box.centre.x < $1.box.centre.x }
      guard found.count == count else { throw Self.noFace(person, "\(found.count) of \(count) faces found") }
      pictures = [picture]
      faces = [found[number]]
      others = found.enumerated().filter { $0.offset != number }.map(\.element)
    case .clip(let firstFrame):
      pictures = try Self.frames(of: path, from: firstFrame, person)
      faces = try pictures.enumerated().map { index, picture in
        guard let face = try detector.detect(picture).first else { throw Self.noFace(person, "none in frame \(index)") }
        return face
      }
    }
    let middle = faces[faces.count / 2].box
    let window = Window(around: middle, in: pictures[0], avoiding: others.map(\.box))
    let motion = Motion(&random, moves: pictures.count == 1)
    transforms = (0..<Self.frameCount).map { window.transform.followed(by: motion.transform(at: $0)) }
    brightness = (0..<Self.frameCount).map { _ in motion.brightness(&random) }
    let marks = faces.count == 1 ? Array(repeating: faces[0].landmarks, count: Self.frameCount) : Self.smoothed(faces)
    landmarks = zip(transforms, marks).map { transform, points in points.map { transform.apply($0) } }
  }

  /// Frame `index`, before any manipulation and any encoding.
  func frame(_ index: Int) throws -> Image {
    let transform = transforms[index]
    let isEnlarged = abs(transform.determinant) > 1
    return try pictures[index % pictures.count]
      .warped(
        by: transform, width: Self.sidePixels, height: Self.sidePixels, interpolation: isEnlarged ? .cubic : .area,
        border: .replicate
      )
      .recoloured(by: .shift(red: brightness[index], green: brightness[index], blue: brightness[index]))
  }

  private static func frames(of path: String, from first: Int, _ person: Person) throws -> [Image] {
    let video = try VideoFile(path: path)
    let times = try video.timestamps()
    guard times.count >= first + frameCount else {
      throw DemoMediaError(.missingMedia, "\(path) has \(times.count) frames of \(first + frameCount): fetch it again")
    }
    var pictures: [Image] = []
    _ = try video.decode(Array(times[first..<first + frameCount])) { pictures.append(try $0.picture.image()) }
    guard pictures.count == frameCount else {
      throw noFace(person, "\(pictures.count) of \(frameCount) frames decoded")
    }
    return pictures
  }

  /// Landmarks of successive frames, weighted 1, 2, 1 with their neighbours: detection trembles, a head does not.
  private static func smoothed(_ faces: [Face]) -> [[Point]] {
    faces.indices.map { index in
      let before = faces[max(0, index - 1)].landmarks
      let here = faces[index].landmarks
      let after = faces[min(faces.count - 1, index + 1)].landmarks
      return here.indices.map {
        Point(
          x: (before[$0].x + 2 * here[$0].x + after[$0].x) / 4, y: (before[$0].y + 2 * here[$0].y + after[$0].y) / 4)
      }
    }
  }

  private static func noFace(_ person: Person, _ what: String) -> DemoMediaError {
    DemoMediaError(
      .noFace, "\(person.name), \(person.file): \(what); is the file the pinned one, and the detector's weights?")
  }
}
