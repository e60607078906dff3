import Foundation
import Records

/// Samples and folders that the tests of this module write.
enum Samples {
  /// A sample with the key of its path; odd indexes are fakes.
  static func sample(_ index: Int, path: String? = nil) -> Sample {
    let name = path ?? "part_0/clip\(index).mp4"
    let source = Source(
      dataset: "dfdc", path: name, label: index % 2 == 1 ? .fake : .real, method: index % 2 == 1 ? "swap" : nil)
    return Sample(
      key: SampleKey.make(dataset: "dfdc", path: name, pts: Int64(index), track: 0, variant: "crop"), source: source,
      family: "dfdc/\(name)", pts: Int64(index), timeBase: TimeBase(numerator: 1, denominator: 30), frameWidth: 640,
      frameHeight: 360, track: 0, variant: "crop",
      face: Face(box: Box(x: 10.5, y: 20.25, width: 64, height: 80), score: 0.875),
      transform: AffineTransform(a: 1.5, b: 0, tx: -3, c: 0, d: 1.5, ty: -7), width: 96, height: 96,
      encoding: .jpeg(quality: 95, chroma: 444),
      quality: FaceQuality(facePixels: 64, upscale: 1.5, sharpness: 100, brightness: 120, contrast: 30))
  }

  /// Bytes that look random and depend on `seed` alone.
  static func bytes(_ count: Int, seed: Int) -> [UInt8] {
    var random = KeyedRandom(seed: UInt64(seed), key: "bytes", stage: "test")
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}

extension URL {
  /// The path as the system takes it.
  var filePath: String { path(percentEncoded: false) }
}
