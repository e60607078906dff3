internal import Engine
internal import Faces
internal import Imaging
internal import Records

/// The crops of a family's original, against which those of its fakes are held.
///
/// Both are cut around one face: the original's, and what the fake inherited of it. Where the map between them is no whole
/// number of pixels, the two crops lie apart by the fraction.
struct OriginalCrops {
  /// Crops beyond are not kept: some 680 of 256 pixels square.
  private static let maximumBytes = 128 << 20
  /// Least intersection over union of a fake's face with the original's, where that lies in the fake.
  private static let minimumOverlap = 0.8

  private var crops: [Int64: [(face: Face, image: Image)]] = [:]
  private var bytes = 0
  /// Of the fake in hand: crops that got a mask, and those that did not.
  private var madeCount = 0
  private var missingCount = 0

  /// Keeps a crop of the original.
  mutating func remember(_ crop: Crop) {
    guard bytes + crop.image.pixels.count <= Self.maximumBytes else { return }
    bytes += crop.image.pixels.count
    crops[crop.sample.pts, default: []].append((crop.sample.face, crop.image))
  }

  /// A fake's crop with its mask, as far as there is one.
  mutating func compared(_ crop: Crop, with view: OriginalView?) -> Crop {
    guard let view, let original = partner(of: crop.sample.face, view: view),
      // Crops of other or too small sizes have no mask, like those without a partner.
      let mask = try? DifferenceMask.make(fake: crop.image, original: original)
    else {
      missingCount += 1
      return crop
    }
    madeCount += 1
    var crop = crop
    crop.difference = mask
    crop.sample.quality.changedPixels = mask.changedPixels(above: DifferenceMask.noiseLevel)
    return crop
  }

  /// What is to be noted of the fake that has ended.
  mutating func endFake() -> String? {
    defer { (madeCount, missingCount) = (0, 0) }
    guard missingCount > 0 else { return nil }
    return
      "\(missingCount) of \(madeCount + missingCount) crops: no crop of one size around the same face of its original; "
      + "`detect: {boxes-from: original}` finds that"
  }

  private func partner(of face: Face, view: OriginalView) -> Image? {
    let candidates = (crops[view.pts] ?? []).map {
      (overlap: view.map.apply($0.face.box).overlap(with: face.box), $0.image)
    }
    guard let best = candidates.max(by: { $0.overlap < $1.overlap }), best.overlap >= Self.minimumOverlap else {
      return nil
    }
    return best.1
  }
}
