import Faces
import Imaging
import Records
import Testing

@Suite("Crops of faces")
struct CropperTests {
  private func cropper(size: Int = 64, margin: Double = 1.3) -> FaceCropper {
    FaceCropper(
      cut: CropCut(
        .square, margin: margin, sizePixels: size, padding: .replicate, resampling: .areaOrCubic, encoding: .png))
  }

  private func paint(_ image: inout Image, x: Int, y: Int, side: Int) {
    for row in y..<y + side {
      for column in x..<x + side {
        for channel in 0..<3 { image.pixels[(row * image.width + column) * 3 + channel] = 255 }
      }
    }
  }

  /// Centre of brightness, continuous coordinates.
  private func centroid(_ image: Image) -> Point {
    var (sum, x, y) = (0.0, 0.0, 0.0)
    for row in 0..<image.height {
      for column in 0..<image.width {
        let value = Double(image.pixels[(row * image.width + column) * 3])
        sum += value
        x += value * (Double(column) + 0.5)
        y += value * (Double(row) + 0.5)
      }
    }
    return Point(x: x / sum, y: y / sum)
  }

  @Test(
    "a dot of the frame is in the crop where the transform says",
    arguments: [(20.0, 31.0), (60.0, 45.0), (131.0, 150.0)])
  func dotIsWhereTheTransformSays(width: Double, height: Double) throws {
    var frame = Image(width: 320, height: 240)
    let face = Face(box: Box(x: 101.3, y: 60.8, width: width, height: height), score: 1)
    paint(&frame, x: 110, y: 75, side: 4)
    let (crop, transform) = try cropper().crop(frame, face: face)
    #expect(crop.width == 64 && crop.height == 64)
    let expected = transform.apply(Point(x: 112, y: 77))
    let found = centroid(crop)
    #expect(abs(found.x - expected.x) < 0.05 && abs(found.y - expected.y) < 0.05, "\(found) against \(expected)")
  }

  @Test("the square is the margin times the longer side, around the box's centre")
  func square() throws {
    let frame = Image(width: 320, height: 240)
    let face = Face(box: Box(x: 100, y: 60, width: 40, height: 50), score: 1)
    let transform = try cropper(size: 100, margin: 2).crop(frame, face: face).transform
    #expect(transform == AffineTransform(a: 1, b: 0, tx: -70, c: 0, d: 1, ty: -35))
    let reduced = try cropper(size: 50, margin: 2).crop(frame, face: face).transform
    #expect(reduced.apply(face.box.centre) == Point(x: 25, y: 25))
  }

  @Test("a crop of the square's own size is a copy of the pixels")
  func exactCopy() throws {
    var frame = Image(width: 80, height: 60)
    for index in frame.pixels.indices { frame.pixels[index] = UInt8(truncatingIfNeeded: index &* 73 >> 2) }
    let face = Face(box: Box(x: 20, y: 10, width: 32, height: 30), score: 1)
    let (crop, _) = try cropper(size: 32, margin: 1).crop(frame, face: face)
    #expect(crop == frame.cropped(x: 20, y: 9, width: 32, height: 32))
  }

  @Test("beyond the frame its edge pixels are repeated")
  func border() throws {
    var frame = Image(width: 40, height: 40, red: 200, green: 100, blue: 50)
    paint(&frame, x: 20, y: 20, side: 5)
    let face = Face(box: Box(x: -10, y: -10, width: 20, height: 20), score: 1)
    let (crop, transform) = try cropper(size: 20, margin: 1).crop(frame, face: face)
    #expect(crop == Image(width: 20, height: 20, red: 200, green: 100, blue: 50))
    #expect(transform.apply(Point(x: 0, y: 0)) == Point(x: 10, y: 10))
  }

  @Test("reducing averages: a fine checkerboard becomes grey, not a pattern")
  func antialiasing() throws {
    var frame = Image(width: 256, height: 256)
    for row in 0..<256 {
      for column in 0..<256 where (row + column) % 2 == 0 { paint(&frame, x: column, y: row, side: 1) }
    }
    let face = Face(box: Box(x: 20, y: 20, width: 192, height: 192), score: 1)
    let (crop, _) = try cropper(size: 64, margin: 1).crop(frame, face: face)
    #expect(crop.pixels.allSatisfy { abs(Int($0) - 128) <= 15 })
  }

  @Test(
    "a box that cannot be cropped is an error",
    arguments: [
      Box(x: 5, y: 5, width: 0, height: 0), Box(x: .nan, y: 5, width: 10, height: 10),
      Box(x: 5, y: 5, width: .infinity, height: 10), Box(x: 5, y: 5, width: 1e6, height: 10),
    ])
  func badBox(box: Box) {
    let error = #expect(throws: FacesError.self) {
      try cropper().crop(Image(width: 64, height: 64), face: Face(box: box, score: 1))
    }
    #expect(error?.code == "bad-face-box")
  }

  @Test("quality: a blurred crop is less sharp, a brighter one brighter, a flatter one of less contrast")
  func quality() throws {
    var frame = Image(width: 128, height: 128, red: 60, green: 60, blue: 60)
    for row in 0..<8 {
      for column in 0..<8 where (row + column) % 2 == 0 { paint(&frame, x: column * 16, y: row * 16, side: 16) }
    }
    let face = Face(box: Box(x: 16, y: 16, width: 80, height: 96), score: 1)
    let (crop, transform) = try cropper(size: 192, margin: 1).crop(frame, face: face)
    let sharp = try measureQuality(crop: crop, face: face, transform: transform, picture: frame)
    #expect(sharp.facePixels == 80)
    #expect(abs(sharp.upscale - 2) < 1e-12)

    var last = sharp.sharpness
    for reducedSide in [96, 48, 24] {
      let blurred = try crop.resized(width: reducedSide, height: reducedSide, interpolation: .area)
        .resized(width: 192, height: 192, interpolation: .cubic)
      let sharpness = try measureQuality(crop: blurred, face: face, transform: transform, picture: frame).sharpness
      #expect(sharpness < last)
      last = sharpness
    }

    var flatter = crop
    for index in flatter.pixels.indices { flatter.pixels[index] = flatter.pixels[index] / 2 + 127 }
    let flat = try measureQuality(crop: flatter, face: face, transform: transform, picture: frame)
    #expect(flat.brightness > sharp.brightness && flat.contrast < sharp.contrast)
  }
}
