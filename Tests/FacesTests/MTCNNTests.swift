import Faces
import Foundation
import Imaging
import Records
import TestSupport
import Testing

/// Against facenet-pytorch 2.6.0 on PyTorch 2.2.2: `MTCNN(keep_all=True).detect(picture, landmarks=True)`, by falling score.
@Suite(
  "MTCNN beside facenet-pytorch",
  .enabled(if: Photos.demoAndModelsAreThere, "needs `make deps`, and the photographs of `make test`"))
struct MTCNNTests {
  private func detect(_ image: Image, _ options: DetectorOptions) throws -> [Face] {
    try FaceDetectors.make("mtcnn", options: options, modelsFolder: TestFiles.models).detect(image)
  }

  @Test("the same boxes, scores and landmarks", arguments: MTCNNReference.pictures.keys.sorted())
  func sameAsReference(name: String) throws {
    let reference = try #require(MTCNNReference.pictures[name])
    let faces = try detect(Photos.demo(name), DetectorOptions(scoreThreshold: 0.7, scale: .side(4096)))
    #expect(faces.count == reference.count)
    for (face, numbers) in zip(faces, reference) {
      let box = face.box
      let corners = [box.x, box.y, box.x + box.width, box.y + box.height]
      #expect(zip(corners, numbers).allSatisfy { abs($0 - $1) < 0.01 }, "\(corners) for \(numbers)")
      #expect(abs(face.score - numbers[4]) < 1e-5)
      let landmarks = face.landmarks.flatMap { [$0.x, $0.y] }
      #expect(landmarks.count == 10)
      #expect(zip(landmarks, numbers.dropFirst(5)).allSatisfy { abs($0 - $1) < 0.01 })
    }
  }

  @Test("a face of a small picture is found once that is enlarged, in the picture's own pixels")
  func enlarged() throws {
    let photo = try Photos.demo("astronaut.png")
    let small = try photo.resized(width: 48, height: 48, interpolation: .area)
    #expect(try detect(small, DetectorOptions(scoreThreshold: 0.7)).isEmpty)
    let found = try detect(small, DetectorOptions(scoreThreshold: 0.7, scale: .dfdcWinner))
    let whole = try detect(photo, DetectorOptions(scoreThreshold: 0.7))
    let (one, other) = (try #require(found.first), try #require(whole.first))
    #expect(found.count == 1)
    let scale = 48.0 / 512
    let expected = Box(
      x: other.box.x * scale, y: other.box.y * scale, width: other.box.width * scale, height: other.box.height * scale)
    #expect(expected.overlap(with: one.box) > 0.6)
  }

  @Test("faces below the least size are left out, and the others stay where they are")
  func leastSize() throws {
    let photo = try Photos.demo("multi_face.jpg")
    let all = try detect(photo, DetectorOptions(scoreThreshold: 0.7, scale: .side(4096)))
    let large = try detect(photo, DetectorOptions(scoreThreshold: 0.7, scale: .side(4096), minimumFacePixels: 90))
    #expect(all.count == 5)
    let expected = all.filter { min($0.box.width, $0.box.height) >= 90 }
    #expect(large.count == expected.count && (1...4).contains(large.count))
    #expect(zip(large, expected).allSatisfy { $0.box.overlap(with: $1.box) > 0.9 })
  }

  @Test("a picture too small for any face is no error", arguments: [(1, 1), (12, 40), (19, 19), (20, 20), (21, 300)])
  func smallPictures(width: Int, height: Int) throws {
    #expect(try detect(Image(width: width, height: height, red: 90, green: 80, blue: 70), DetectorOptions()).isEmpty)
  }
}
