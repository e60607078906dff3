import Faces
import Foundation
import Imaging
import Records
import TestSupport
import Testing

@Suite("Face detectors")
struct DetectorTests {
  private func detector(_ name: String, _ options: DetectorOptions = DetectorOptions()) throws -> any FaceDetector {
    try FaceDetectors.make(name, options: options, modelsFolder: TestFiles.models)
  }

  @Test(
    "YuNet finds every annotated face and little else",
    .enabled(if: Photos.andModelAreThere, "needs ../shared/media, and models/ from `make deps`"))
  func yunetOnAnnotatedPhotos() throws {
    let yunet = try detector("yunet")
    var (hits, extra, annotated) = (0, 0, 0)
    for photo in try Photos.annotated() {
      let faces = try yunet.detect(Photos.image("photos_with_boxes/\(photo.name)"))
      let score = Photos.score(faces, against: photo.boxes)
      (hits, extra, annotated) = (hits + score.hits, extra + score.extra, annotated + photo.boxes.count)
      for face in faces {
        let inside = face.landmarks.filter {
          face.box.x <= $0.x && $0.x <= face.box.x + face.box.width && face.box.y <= $0.y
            && $0.y <= face.box.y + face.box.height
        }
        #expect(face.landmarks.count == 5 && inside.count == 5)
        #expect(face.landmarks[0].x < face.landmarks[1].x, "the person's right eye is on the left of the picture")
        #expect(face.landmarks[0].y < face.landmarks[3].y, "eyes are above the mouth")
      }
    }
    #expect(annotated == 18)
    #expect(hits == annotated)
    #expect(extra <= 2)
  }

  @Test(
    "YuNet counts the faces of a photo", .enabled(if: Photos.andModelAreThere, "needs ../shared/media, and models/"),
    arguments: [("multiface", 6), ("two_people", 2), ("ul_2", 4), ("ul_20", 10), ("obama_partial_face", 1)])
  func yunetCounts(photo: String, faces: Int) throws {
    #expect(try detector("yunet").detect(Photos.image("photos_counted/\(photo).jpg")).count == faces)
  }

  @Test(
    "a face stays at its place whatever is added beside and below the picture",
    .enabled(if: Photos.andModelAreThere, "needs ../shared/media, and models/"), arguments: [1, 17, 32, 75])
  func paddingInvariance(added: Int) throws {
    let yunet = try detector("yunet", DetectorOptions(scoreThreshold: 0.7))
    let photo = try Photos.image("photos_with_boxes/2008_001009.jpg")
    let larger = try photo.warped(
      by: AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0), width: photo.width + added,
      height: photo.height + added, interpolation: .nearest, border: .black)
    let before = try yunet.detect(photo)
    let after = try yunet.detect(larger)
    #expect(before.count == 2 && after.count == 2)
    for (left, right) in zip(before, after) {
      #expect(left.box.overlap(with: right.box) > 0.95)
      for (first, second) in zip(left.landmarks, right.landmarks) {
        #expect(abs(first.x - second.x) < 2 && abs(first.y - second.y) < 2)
      }
    }
  }

  @Test(
    "reducing the picture moves no face, and results are in the picture's own pixels",
    .enabled(if: Photos.andModelAreThere, "needs ../shared/media, and models/"))
  func enlargedPicture() throws {
    let photo = try Photos.image("photos_with_boxes/2008_001009.jpg")
    let large = try photo.resized(width: photo.width * 3, height: photo.height * 3, interpolation: .cubic)
    let options = DetectorOptions(scoreThreshold: 0.7, scale: .side(480))
    let small = try detector("yunet", options).detect(photo)
    let found = try detector("yunet", options).detect(large)
    #expect(small.count == 2 && found.count == 2)
    for (left, right) in zip(small, found) {
      let expected = Box(x: left.box.x * 3, y: left.box.y * 3, width: left.box.width * 3, height: left.box.height * 3)
      #expect(expected.overlap(with: right.box) > 0.95)
      for (first, second) in zip(left.landmarks, right.landmarks) {
        #expect(abs(first.x * 3 - second.x) < 6 && abs(first.y * 3 - second.y) < 6)
      }
    }
  }

  @Test(
    "results are ordered, above the threshold, not below the least size, and the same each time",
    .enabled(if: Photos.andModelAreThere, "needs ../shared/media, and models/"), arguments: FaceDetectors.names)
  func orderAndLimits(name: String) throws {
    let photo = try Photos.image("photos_with_boxes/2008_002079.jpg")
    let all = try detector(name, DetectorOptions(scoreThreshold: 0.1)).detect(photo)
    #expect(try detector(name, DetectorOptions(scoreThreshold: 0.1)).detect(photo) == all)
    #expect(all.map(\.score) == all.map(\.score).sorted(by: >))
    #expect(all.allSatisfy { (0...1).contains($0.score) })

    let least = all.map { min($0.box.width, $0.box.height) }.sorted()[all.count / 2]
    let larger = try detector(name, DetectorOptions(scoreThreshold: 0.1, minimumFacePixels: least)).detect(photo)
    #expect(!larger.isEmpty && larger.count < all.count)
    #expect(larger.allSatisfy { min($0.box.width, $0.box.height) >= least })

    let middle = all[all.count / 2].score
    let surer = try detector(name, DetectorOptions(scoreThreshold: middle)).detect(photo)
    #expect(!surer.isEmpty && surer.count < all.count && surer.allSatisfy { $0.score >= middle })
  }

  @Test(
    "every network finds the annotated faces, with landmarks inside where it gives any",
    .enabled(if: Photos.andModelAreThere, "needs ../shared/media, and models/"),
    arguments: [("mtcnn", 17, 2), ("centerface", 18, 2), ("blazeface", 16, 1)])
  func networksOnAnnotatedPhotos(name: String, least: Int, most: Int) throws {
    let network = try detector(name)
    var (hits, extra) = (0, 0)
    for photo in try Photos.annotated() {
      let faces = try network.detect(Photos.image("photos_with_boxes/\(photo.name)"))
      let score = Photos.score(faces, against: photo.boxes)
      (hits, extra) = (hits + score.hits, extra + score.extra)
      for face in faces {
        #expect(face.landmarks.count == (name == "blazeface" ? 0 : 5))
        guard face.landmarks.count == 5 else { continue }
        #expect(face.landmarks[0].x < face.landmarks[1].x, "the person's right eye is on the left of the picture")
        #expect(face.landmarks[3].x < face.landmarks[4].x && face.landmarks[0].y < face.landmarks[3].y)
      }
    }
    #expect(hits >= least)
    #expect(extra <= most)
  }

  @Test("Haar finds the faces of photos", .enabled(if: Photos.areThere, "needs ../shared/media"))
  func haarOnAnnotatedPhotos() throws {
    let haar = try detector("haar")
    var (hits, extra) = (0, 0)
    for photo in try Photos.annotated() {
      let faces = try haar.detect(Photos.image("photos_with_boxes/\(photo.name)"))
      #expect(faces.allSatisfy { $0.landmarks.isEmpty })
      let score = Photos.score(faces, against: photo.boxes)
      (hits, extra) = (hits + score.hits, extra + score.extra)
    }
    #expect(hits >= 14)
    #expect(extra <= 4)
  }

  @Test("no faces in one colour", .enabled(if: Photos.modelIsThere, "needs models/"), arguments: FaceDetectors.names)
  func noFaces(name: String) throws {
    #expect(try detector(name).detect(Image(width: 70, height: 50, red: 128, green: 90, blue: 60)).isEmpty)
  }

  @Test("a missing weight file says how to get it", arguments: FaceDetectors.names.filter { $0 != "haar" })
  func missingModel(name: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let error = #expect(throws: FacesError.self) {
        try FaceDetectors.make(name, options: DetectorOptions(), modelsFolder: folder)
      }
      let file = try #require(FaceDetectors.modelFiles(for: name).first)
      #expect(error?.code == "missing-model")
      #expect(error.map { "\($0)" }?.contains("make deps") == true)
      #expect(error.map { "\($0)" }?.contains(file) == true)
    }
  }

  @Test("a damaged weight file is an error, not a crash", arguments: FaceDetectors.names.filter { $0 != "haar" })
  func damagedModel(name: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let files = FaceDetectors.modelFiles(for: name)
      for file in files { try Data("no network".utf8).write(to: folder.appending(path: file)) }
      let error = #expect(throws: (any Error).self) {
        try FaceDetectors.make(name, options: DetectorOptions(), modelsFolder: folder)
      }
      #expect(error.map { "\($0)" }?.contains(files[0]) == true)
    }
  }

  @Test("weights of another network are an error that says so", .enabled(if: Photos.modelIsThere, "needs models/"))
  func otherNetwork() throws {
    try TestFiles.withTemporaryDirectory { folder in
      // The output network in the place of the refining one: outputs of other names.
      let names = FaceDetectors.modelFiles(for: "mtcnn")
      for (from, to) in [(0, 0), (2, 1), (2, 2)] {
        try FileManager.default.copyItem(
          at: TestFiles.models.appending(path: names[from]), to: folder.appending(path: names[to]))
      }
      let detector = try FaceDetectors.make("mtcnn", options: DetectorOptions(), modelsFolder: folder)
      var random = KeyedRandom(seed: 5, key: "other", stage: "test")
      let noise = Image(width: 200, height: 200, pixels: (0..<120_000).map { _ in UInt8(random.integer(below: 256)) })
      let error = #expect(throws: (any Error).self) { try detector.detect(noise) }
      #expect(error.map { "\($0)" }?.contains(names[1]) == true)
    }
  }

  @Test("an unknown detector is named, with those there are")
  func unknownDetector() {
    let error = #expect(throws: FacesError.self) {
      try FaceDetectors.make("retinaface", options: DetectorOptions(), modelsFolder: TestFiles.models)
    }
    #expect(error == .unknownDetector(name: "retinaface"))
    #expect(error?.description.contains("haar, mtcnn, yunet") == true)
  }
}
