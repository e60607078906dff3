import Faces
import Imaging
import Records
import Testing

/// A picture that remembers what was read of it.
private final class WatchedPicture: Picture, @unchecked Sendable {
  let image: Image
  private(set) var pixelsRead = 0

  init(_ image: Image) { self.image = image }

  var width: Int { image.width }
  var height: Int { image.height }

  func region(_ rectangle: PixelRectangle) throws -> Image {
    pixelsRead += rectangle.width * rectangle.height
    return image.cropped(x: rectangle.x, y: rectangle.y, width: rectangle.width, height: rectangle.height)
  }

  func reduced(width: Int, height: Int) throws -> Image { try image.reduced(width: width, height: height) }
  func luma(width: Int, height: Int) throws -> [UInt8] { try image.luma(width: width, height: height) }
}

@Suite("Crop presets")
struct CropPresetTests {
  private func cut(_ preset: String) throws -> CropCut { try #require(CropPreset.named(preset)).cut }

  private func face(_ edges: [Double], landmarks: [Point] = []) -> Face {
    Face(
      box: Box(x: edges[0], y: edges[1], width: edges[2] - edges[0], height: edges[3] - edges[1]), landmarks: landmarks,
      score: 1)
  }

  /// Landmarks whose pixel centres are at whole numbers, in the coordinates of ``Image``.
  private func face(_ crop: ReferenceCrops.AlignedCrop) -> Face {
    let landmarks = crop.landmarks.map { Point(x: $0.x + 0.5, y: $0.y + 0.5) }
    return face([crop.landmarks[0].x - 20, crop.landmarks[0].y - 20, 240, 240], landmarks: landmarks)
  }

  private func largestDifference(_ left: [Int], _ right: [Int]) -> Int {
    zip(left, right).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("deepfakebench: the pixels and the matrix of skimage's similarity and OpenCV's warp")
  func deepfakebench() throws {
    for expected in ReferenceCrops.aligned {
      let (crop, transform) = try FaceCropper(cut: cut("deepfakebench")).crop(
        ReferenceCrops.picture, face: face(expected))
      #expect(crop.width == 256 && crop.height == 256)
      #expect(largestDifference(ReferenceCrops.grid(crop, 6), expected.grid) <= 1)
      let sum = crop.pixels.reduce(0) { $0 + Int($1) }
      #expect(abs(sum - expected.sum) < crop.pixels.count / 20, "off by more than a twentieth of a level on the mean")
      let matrix = [
        transform.a, transform.b, transform.tx + (transform.a + transform.b - 1) / 2,
        transform.c, transform.d, transform.ty + (transform.c + transform.d - 1) / 2,
      ]
      for (found, wanted) in zip(matrix, expected.matrix) { #expect(abs(found - wanted) < 1e-4) }
    }
  }

  @Test("cuts around boxes are the reference programs', byte for byte", arguments: ReferenceCrops.boxes)
  func boxes(expected: ReferenceCrops.BoxCrop) throws {
    for (preset, digest) in expected.native {
      var cut = try cut(preset)
      cut.sizePixels = nil
      let crop = try FaceCropper(cut: cut).crop(ReferenceCrops.picture, face: face(expected.edges)).image
      #expect(ReferenceCrops.digest(crop) == digest, "\(preset)")
    }
    let sbi = try FaceCropper(cut: cut("sbi")).crop(ReferenceCrops.picture, face: face(expected.edges)).image
    #expect(sbi.width == 380 && sbi.height == 380)
    #expect(largestDifference(ReferenceCrops.grid(sbi, 4), expected.sbi) <= 1)
    var fitted = try cut("dfdc-winner")
    fitted.sizePixels = 380
    let winner = try FaceCropper(cut: fitted).crop(ReferenceCrops.picture, face: face(expected.edges)).image
    #expect(winner.width == 380 && winner.height == 380)
    #expect(largestDifference(ReferenceCrops.grid(winner, 4), expected.winner) <= 1)
  }

  @Test("every preset puts the face where its transform says", arguments: CropPreset.names)
  func transforms(preset: String) throws {
    let landmarks = ReferenceCrops.aligned[0].landmarks.map { Point(x: $0.x + 10.3, y: $0.y - 7.6) }
    var picture = Image(width: 400, height: 300)
    let dot = Point(x: 190, y: 150)
    for row in 148..<152 {
      for column in 188..<192 {
        for channel in 0..<3 { picture.pixels[(row * 400 + column) * 3 + channel] = 255 }
      }
    }
    for size in [nil, 200] {
      var cut = try cut(preset)
      if let size { cut.sizePixels = size }
      let (crop, transform) = try FaceCropper(cut: cut).crop(
        picture, face: face([140.2, 80.9, 240.7, 215.2], landmarks: landmarks))
      var (sum, x, y) = (0.0, 0.0, 0.0)
      for row in 0..<crop.height {
        for column in 0..<crop.width {
          let value = Double(crop.pixels[(row * crop.width + column) * 3])
          (sum, x, y) = (sum + value, x + value * (Double(column) + 0.5), y + value * (Double(row) + 0.5))
        }
      }
      let expected = transform.apply(dot)
      #expect(abs(x / sum - expected.x) < 0.1 && abs(y / sum - expected.y) < 0.1, "\(preset), \(crop.width)")
    }
  }

  @Test(
    "a crop reads the face's part of the frame alone, and is what warping the whole frame gives",
    arguments: CropCut.Padding.allCases, CropCut.Resampling.allCases)
  func regions(padding: CropCut.Padding, resampling: CropCut.Resampling) throws {
    let image = ReferenceCrops.picture
    for expected in ReferenceCrops.aligned {
      for size in [48, 256] {
        var cut = try cut("deepfakebench")
        (cut.padding, cut.resampling, cut.sizePixels) = (padding, resampling, size)
        let picture = WatchedPicture(image)
        let (crop, transform) = try FaceCropper(cut: cut).crop(picture, face: face(expected))
        let interpolation = Interpolation(rawValue: resampling.rawValue) ?? (transform.determinant < 1 ? .area : .cubic)
        let border = try #require(Border(rawValue: padding.rawValue))
        let whole = try image.warped(
          by: transform, width: size, height: size, interpolation: interpolation, border: border)
        // Reducing a mirrored picture reduces all of it, and so rounds its size otherwise.
        if padding != .reflect || interpolation != .area { #expect(crop == whole, "\(size), \(resampling)") }
        if expected.landmarks[0].x > 100 { #expect(picture.pixelsRead < image.width * image.height) }
      }
    }
  }

  @Test("an aligned crop needs five landmarks")
  func noLandmarks() throws {
    let error = #expect(throws: FacesError.self) {
      try FaceCropper(cut: cut("deepfakebench")).crop(ReferenceCrops.picture, face: face([50, 50, 90, 90]))
    }
    #expect(error?.code == "no-landmarks")
    let one = #expect(throws: FacesError.self) {
      try FaceCropper(cut: cut("deepfakebench")).crop(
        ReferenceCrops.picture,
        face: face([50, 50, 90, 90], landmarks: Array(repeating: Point(x: 60, y: 60), count: 5)))
    }
    #expect(one?.code == "bad-face-box")
  }

  @Test(
    "a box beyond the frame has no pixels where cuts end at the frame", arguments: ["dfdc-winner", "sbi", "coccomini"])
  func outside(preset: String) throws {
    let error = #expect(throws: FacesError.self) {
      try FaceCropper(cut: cut(preset)).crop(ReferenceCrops.picture, face: face([600, 50, 690, 90]))
    }
    #expect(error?.code == "bad-face-box")
  }

  @Test("every preset says where it is from, and names are unique")
  func sources() {
    #expect(Set(CropPreset.names).count == CropPreset.all.count)
    #expect(CropPreset.all.allSatisfy { !$0.source.isEmpty })
    #expect(CropPreset.named(CropPreset.standard) != nil && CropPreset.named("none") == nil)
  }
}
