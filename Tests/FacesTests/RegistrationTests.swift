import Foundation
import Imaging
import Records
import Testing

@testable import Faces

/// Frames drawn from a formula of continuous coordinates, so that any map between two of them is known exactly.
private struct Scene {
  private let waves: [(x: Double, y: Double, phase: Double)]
  let width: Int
  let height: Int
  /// A head: a dark disc with a bright face in it, at this place.
  var head: Point?

  init(_ name: String, width: Int = 854, height: Int = 480, head: Point? = nil) {
    (self.width, self.height, self.head) = (width, height, head)
    var random = KeyedRandom(seed: 1, key: name, stage: "scene")
    waves = (0..<7).map { _ in
      (0.08 * (random.uniform() - 0.5), 0.08 * (random.uniform() - 0.5), 6.3 * random.uniform())
    }
  }

  var face: Face? {
    head.map { Face(box: Box(x: $0.x - 50, y: $0.y - 60, width: 100, height: 120), score: 0.9) }
  }

  private func value(_ x: Double, _ y: Double, isFake: Bool) -> Double {
    let background = waves.reduce(110.0) { $0 + 18 * sin($1.x * x + $1.y * y + $1.phase) }
    guard let head else { return background }
    let (u, v) = ((x - head.x) / 62, (y - head.y) / 78)
    // What a manipulation changes lies inside the face's box.
    let face = max(abs(u), abs(v)) >= 0.7 ? 40.0 : isFake ? 200 - 90 * abs(u) : 150 + 60 * v
    let share = max(0, min(1, 8 - 8 * (u * u + v * v)))
    return background + share * (face - background)
  }

  /// The frame as seen through `map`, with a little noise; `isFake` changes the face alone.
  func thumbnail(
    _ map: RegistrationMap = .identity, width: Int? = nil, height: Int? = nil, isFake: Bool = false
  ) -> RegistrationThumbnail {
    let (width, height) = (width ?? self.width, height ?? self.height)
    let ratio = Double(RegistrationThumbnail.sidePixels) / Double(max(width, height))
    let (columns, rows) = (Int((Double(width) * ratio).rounded()), Int((Double(height) * ratio).rounded()))
    var random = KeyedRandom(seed: isFake ? 3 : 2, key: "noise", stage: "scene")
    var luma: [UInt8] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let x = (Double(column) + 0.5) * Double(width) / Double(columns)
        let y = (Double(row) + 0.5) * Double(height) / Double(rows)
        let place = Point(x: (x - map.offsetX) / map.scaleX, y: (y - map.offsetY) / map.scaleY)
        let isInside =
          place.x >= 0 && place.y >= 0 && place.x <= Double(self.width) && place.y <= Double(self.height)
        let grey = (isInside ? value(place.x, place.y, isFake: isFake) : 0) + 3 * (random.uniform() - 0.5)
        luma.append(UInt8(max(0, min(255, grey))))
      }
    }
    return RegistrationThumbnail(
      luma: luma, width: columns, height: rows, pictureWidth: width, pictureHeight: height)
  }
}

@Suite("Registration of a fake's frame with its original's")
struct RegistrationTests {
  private let scene = Scene("street", head: Point(x: 400, y: 220))

  private func map(_ scaleX: Double, _ scaleY: Double, _ offsetX: Double, _ offsetY: Double) -> RegistrationMap {
    RegistrationMap(scaleX: scaleX, scaleY: scaleY, offsetX: offsetX, offsetY: offsetY)
  }

  private func find(_ map: RegistrationMap, width: Int, height: Int) throws -> Registration? {
    Registration.find(
      original: scene.thumbnail(), fake: scene.thumbnail(map, width: width, height: height, isFake: true),
      faces: [try #require(scene.face)])
  }

  @Test("the same pixels, a centre crop and a resize are found exactly")
  func exactMaps() throws {
    for (truth, width, height) in [
      (RegistrationMap.identity, 854, 480), (map(1, 1, -11, 0), 832, 480), (map(1, 1, 5, 30), 864, 540),
      (map(0.75, 0.75, 0, 0), 641, 360), (map(1, 2.0 / 3, 0, 0), 854, 320),
    ] {
      let found = try #require(try find(truth, width: width, height: height), "\(truth)")
      let distance = found.map.distance(to: truth, width: width, height: height)
      #expect(distance < 1.2 && found.correlation > 0.98, "\(truth): \(found)")
      if truth.scaleX == 1, truth.scaleY == 1 { #expect(found.map == truth) }
    }
  }

  @Test("any crop, edge and scale is found within a third of a pixel")
  func generalMaps() throws {
    for (truth, width, height) in [
      (map(944.0 / 943, 1, 0, 0), 856, 480), (map(1, 1, -150, -70), 500, 350), (map(1, 1, 100, 0), 1054, 480),
      (map(0.5, 0.5, 40.25, 10.5), 500, 270), (map(1.3, 1.3, -120, -60), 854, 480),
    ] {
      let found = try #require(try find(truth, width: width, height: height), "\(truth)")
      #expect(found.map.distance(to: truth, width: width, height: height) < 0.34, "\(truth): \(found)")
    }
  }

  @Test("frames that do not belong together, and black ones, are not registered")
  func strangers() throws {
    let face = try #require(scene.face)
    let other = Scene("harbour", head: Point(x: 400, y: 220)).thumbnail(isFake: true)
    #expect(Registration.find(original: scene.thumbnail(), fake: other, faces: [face]) == nil)
    let black = RegistrationThumbnail(
      luma: [UInt8](repeating: 16, count: 240 * 135), width: 240, height: 135, pictureWidth: 854, pictureHeight: 480)
    #expect(Registration.find(original: scene.thumbnail(), fake: black, faces: []) == nil)
    #expect(Registration.find(original: black, fake: black, faces: []) == nil)
    let tiny = RegistrationThumbnail(luma: [0], width: 1, height: 1, pictureWidth: 1, pictureHeight: 1)
    #expect(Registration.find(original: tiny, fake: tiny, faces: []) == nil)
    #expect(Registration.find(original: scene.thumbnail(), fake: tiny, faces: [face]) == nil)
  }

  @Test("the surroundings of a face agree where only the face was changed, and not where the head has moved")
  func agreement() throws {
    let face = try #require(scene.face)
    let original = scene.thumbnail()
    for (truth, width) in [(RegistrationMap.identity, 854), (map(1, 1, -11, 0), 832)] {
      func agreement(shift: Double) -> Double {
        let moved = Scene("street", head: Point(x: 400 + shift, y: 220))
        return Registration.agreement(
          of: face, among: [face], original: original,
          fake: moved.thumbnail(truth, width: width, height: 480, isFake: true), map: truth)
      }
      #expect(agreement(shift: 0) > 0.99)
      #expect(agreement(shift: 15) < 0.97)
      #expect(agreement(shift: 40) < 0.9)
    }
    // A face that the crop has cut away.
    let gone = map(1, 1, -470, 0)
    #expect(
      Registration.agreement(
        of: face, among: [face], original: original, fake: scene.thumbnail(gone, width: 300, height: 480), map: gone)
        == 0)
  }

  @Test("boxes and landmarks go through the map")
  func mapping() {
    let face = Face(
      box: Box(x: 10, y: 20, width: 30, height: 40), landmarks: [Point(x: 11, y: 22)], score: 0.7, origin: .detected)
    #expect(
      map(2, 0.5, -3, 4).apply(face)
        == Face(
          box: Box(x: 17, y: 14, width: 60, height: 20), landmarks: [Point(x: 19, y: 15)], score: 0.7,
          origin: .inherited))
  }
}
