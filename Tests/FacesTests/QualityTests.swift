import Faces
import Foundation
import Imaging
import Records
import Testing

@Suite("Measures of faces")
struct QualityTests {
  /// A far camera's view of the model, turned by angles as ``FacePose`` names them, then scaled and moved.
  private func view(yaw: Double, pitch: Double, roll: Double) -> [Point] {
    let (turn, nod, tilt) = (-yaw * .pi / 180, -pitch * .pi / 180, roll * .pi / 180)
    return FacePose.model.map { point in
      // Nod about the line of the eyes, turn about the neck, tilt in the picture.
      let (y, z) = (cos(nod) * point.y - sin(nod) * point.z, sin(nod) * point.y + cos(nod) * point.z)
      let x = cos(turn) * point.x + sin(turn) * z
      return Point(
        x: 1.7 * (cos(tilt) * x - sin(tilt) * y) + 310, y: 1.7 * (sin(tilt) * x + cos(tilt) * y) + 144)
    }
  }

  @Test(
    "angles of a turned model are found again",
    arguments: [-40.0, -15, 0, 30], [-25.0, 0, 20])
  func pose(yaw: Double, pitch: Double) throws {
    for roll in [-60.0, 0, 35] {
      let pose = try #require(FacePose(landmarks: view(yaw: yaw, pitch: pitch, roll: roll)))
      #expect(abs(pose.yawDegrees - yaw) < 0.01, "\(pose)")
      #expect(abs(pose.pitchDegrees - pitch) < 0.01, "\(pose)")
      #expect(abs(pose.rollDegrees - roll) < 0.01, "\(pose)")
    }
  }

  @Test("half a pixel of error moves angles by few degrees")
  func poseWithNoise() throws {
    let offsets = [(0.4, -0.3), (-0.5, 0.2), (0.3, 0.5), (-0.2, -0.4), (0.5, 0.1)]
    let points = zip(view(yaw: 20, pitch: -10, roll: 5), offsets).map { Point(x: $0.x + $1.0, y: $0.y + $1.1) }
    let pose = try #require(FacePose(landmarks: points))
    #expect(
      abs(pose.yawDegrees - 20) < 3 && abs(pose.pitchDegrees + 10) < 3 && abs(pose.rollDegrees - 5) < 3, "\(pose)")
  }

  @Test("the mirrored face looks to the other side")
  func mirroredPose() throws {
    let points = view(yaw: 25, pitch: 8, roll: 12)
    let mirrored = [1, 0, 2, 4, 3].map { Point(x: 640 - points[$0].x, y: points[$0].y) }
    let pose = try #require(FacePose(landmarks: mirrored))
    #expect(abs(pose.yawDegrees + 25) < 0.01 && abs(pose.pitchDegrees - 8) < 0.01 && abs(pose.rollDegrees + 12) < 0.01)
    // Its nose is nearer to the right of the picture, which is the person's left.
    #expect(points[2].x > (points[0].x + points[1].x) / 2)
    // Clockwise: the eye on the right is lower.
    #expect(points[1].y > points[0].y)
  }

  @Test("without landmarks, or with all of them in one place, there is no pose")
  func noPose() {
    #expect(FacePose(landmarks: []) == nil)
    #expect(FacePose(landmarks: Array(repeating: Point(x: 4, y: 5), count: 5)) == nil)
    #expect(FacePose(landmarks: (0..<5).map { Point(x: Double($0), y: 2 * Double($0)) }) == nil)
  }

  private func quality(of picture: any Picture, box: Box) throws -> FaceQuality {
    let face = Face(box: box, score: 1)
    return try measureQuality(
      crop: Image(width: 8, height: 8), face: face,
      transform: AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0), picture: picture)
  }

  @Test("the share beyond the frame is that of the box's area")
  func cut() throws {
    let picture = Image(width: 200, height: 100)
    #expect(try quality(of: picture, box: Box(x: 20, y: 20, width: 40, height: 40)).cutFraction == 0)
    #expect(try quality(of: picture, box: Box(x: -10, y: 20, width: 40, height: 40)).cutFraction == 0.25)
    #expect(try quality(of: picture, box: Box(x: 180, y: 80, width: 40, height: 40)).cutFraction == 0.75)
    #expect(try quality(of: picture, box: Box(x: 300, y: 20, width: 40, height: 40)).cutFraction == 1)
  }

  /// A picture without a grid of its own.
  private func smooth(_ side: Int) -> Image {
    var image = Image(width: side, height: side)
    var noise: UInt32 = 1
    for index in 0..<side * side {
      let (x, y) = (Double(index % side), Double(index / side))
      noise = noise &* 1_664_525 &+ 1_013_904_223
      let value = 128 + 60 * sin(x / 9 + y / 23) + 30 * cos(y / 5) + Double(noise >> 28)
      for channel in 0..<3 { image.pixels[index * 3 + channel] = UInt8(min(255, max(0, value))) }
    }
    return image
  }

  @Test("blockiness grows as JPEG's quality falls, wherever in the grid the face begins")
  func blockiness() throws {
    let picture = smooth(320)
    for origin in [(40.0, 48.0), (61.0, 35.0)] {
      let box = Box(x: origin.0, y: origin.1, width: 150, height: 170)
      var last = try quality(of: picture, box: box).blockiness
      #expect(abs(last - 1) < 0.05, "\(last)")
      for quality in [60, 30, 15, 5] {
        let decoded = try ImageCodec.decode(ImageCodec.encode(picture, as: .jpeg(quality: quality, chroma: 420)))
        let blockiness = try self.quality(of: decoded, box: box).blockiness
        #expect(blockiness > last, "quality \(quality)")
        last = blockiness
      }
      #expect(last > 1.5)
    }
  }

  @Test("the grid is the frame's: the same pixels moved by half a block show little of it")
  func gridOfTheFrame() throws {
    let decoded = try ImageCodec.decode(ImageCodec.encode(smooth(320), as: .jpeg(quality: 5, chroma: 444)))
    let moved = decoded.cropped(x: 4, y: 4, width: 312, height: 312)
    let box = Box(x: 60, y: 60, width: 150, height: 150)
    let (here, there) = (try quality(of: decoded, box: box).blockiness, try quality(of: moved, box: box).blockiness)
    #expect(here > 2 && there < here / 2, "\(here), moved \(there)")
  }

  @Test("a flat frame, and a face outside, have a blockiness of 1")
  func noGrid() throws {
    let flat = Image(width: 100, height: 100, red: 90, green: 90, blue: 90)
    #expect(try quality(of: flat, box: Box(x: 10, y: 10, width: 60, height: 60)).blockiness == 1)
    #expect(try quality(of: smooth(100), box: Box(x: 300, y: 10, width: 60, height: 60)).blockiness == 1)
  }
}
