import Faces
import Foundation
import Imaging
import Records
import TestSupport
import Testing

extension Photos {
  static let andFaceNetworkAreThere =
    demoAndModelsAreThere
    && FileManager.default.fileExists(
      atPath: TestFiles.models.appending(path: SFace.modelFile).path(percentEncoded: false))
}

@Suite(
  .enabled(if: Photos.andFaceNetworkAreThere, "`make test` fetches weights and photographs; until then these wait"))
struct SFaceTests {
  private func features(_ name: String) throws -> [Float] {
    let image = try Photos.demo(name)
    let detector = try FaceDetectors.make("yunet", options: DetectorOptions(), modelsFolder: TestFiles.models)
    let face = try #require(try detector.detect(image).max { $0.box.area < $1.box.area })
    return try SFace(modelsFolder: TestFiles.models).features(of: image, landmarks: face.landmarks)
  }

  private func cosine(_ one: [Float], _ other: [Float]) -> Double {
    zip(one, other).reduce(0) { $0 + Double($1.0 * $1.1) }
  }

  @Test func `one person's photographs are near, two people's far, and lengths are 1`() throws {
    let (obama, biden, astronaut) = try (features("obama.jpg"), features("biden.jpg"), features("astronaut.png"))
    for row in [obama, biden, astronaut] {
      #expect(row.count == SFace.dimensions)
      #expect(abs(cosine(row, row) - 1) < 1e-5)
    }
    #expect(cosine(obama, biden) < 0.4 && cosine(obama, astronaut) < 0.4)
    // The same face, smaller and mirrored: its landmarks with it.
    let small = try Photos.demo("obama.jpg")
    let half = try small.resized(width: small.width / 2, height: small.height / 2, interpolation: .area)
    let detector = try FaceDetectors.make("yunet", options: DetectorOptions(), modelsFolder: TestFiles.models)
    let face = try #require(try detector.detect(half).max { $0.box.area < $1.box.area })
    let again = try SFace(modelsFolder: TestFiles.models).features(of: half, landmarks: face.landmarks)
    #expect(cosine(obama, again) > 0.9)
  }

  @Test func `without landmarks there are no features`() throws {
    let network = try SFace(modelsFolder: TestFiles.models)
    #expect(throws: FacesError.noLandmarks) { try network.features(of: Image(width: 50, height: 50), landmarks: []) }
  }
}
