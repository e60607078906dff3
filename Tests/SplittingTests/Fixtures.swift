import Records
import Splitting

/// A sample of `dataset/path`; its key is its path and `pts`.
func sample(
  _ path: String, pts: Int64 = 0, label: Label = .real, family: String? = nil, dataset: String = "d",
  identity: String? = nil, donor: String? = nil, sourceVideo: String? = nil, officialSplit: String? = nil,
  parents: [String] = [], variant: String = "crop"
) -> Sample {
  let source = Source(
    dataset: dataset, path: path, label: label, identity: identity, donor: donor, sourceVideo: sourceVideo,
    officialSplit: officialSplit)
  return Sample(
    key: SampleKey.make(dataset: dataset, path: path, pts: pts, track: 0, variant: variant), source: source,
    family: family ?? "\(dataset)/\(path)", pts: pts, timeBase: TimeBase(numerator: 1, denominator: 25), frameWidth: 64,
    frameHeight: 64, track: 0, variant: variant, face: Face(box: Box(x: 0, y: 0, width: 8, height: 8), score: 1),
    transform: AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0), width: 8, height: 8, encoding: .png,
    quality: FaceQuality(facePixels: 8, upscale: 1, sharpness: 1, brightness: 1, contrast: 1), parents: parents)
}

/// Random items: `groups` groups of both classes or one, each mostly in one cluster; some samples unclustered.
func items(groups: Int, clusters: Int, seed: UInt64) -> [FoldItem] {
  var random = KeyedRandom(seed: seed, key: "items", stage: "test")
  var items: [FoldItem] = []
  for group in 0..<groups {
    let home = random.integer(below: clusters)
    let isUnclustered = random.chance(0.2)
    let kind = random.integer(below: 3)
    for index in 0...random.integer(below: 9) {
      let label: Label = kind == 0 ? .real : kind == 1 ? .fake : random.chance(0.5) ? .real : .fake
      let cluster =
        isUnclustered || random.chance(0.1) ? nil : random.chance(0.8) ? home : random.integer(below: clusters)
      items.append(FoldItem(key: "g\(group)/\(index)", group: "g\(group)", label: label, cluster: cluster))
    }
  }
  return items
}
