import Records

/// The search for the map between two frames: what datasets do first, then every offset.
struct RegistrationSearch {
  let original: RegistrationThumbnail
  let fake: RegistrationThumbnail
  /// Faces of the original's frame, somewhat enlarged: there the fake may differ.
  private let holes: [Box]

  /// A correlation at which no other hypothesis is tried.
  private static let certain = 0.98
  /// Index of the level at which hypotheses are compared, a quarter of the finest's size.
  private static let coarseLevel = 2

  init(original: RegistrationThumbnail, fake: RegistrationThumbnail, faces: [Face]) {
    (self.original, self.fake) = (original, fake)
    holes = faces.map { $0.box.enlarged(1.3) }
  }

  /// The best map at the coarse level: of those that datasets are made with, or else of all offsets.
  func coarse() -> RegistrationMap? {
    var best: (map: RegistrationMap, correlation: Double)?
    for isLikely in [true, false] {
      for start in isLikely ? likely : shifted {
        guard let map = refined(start, finestLevel: Self.coarseLevel, iterations: 8) else { continue }
        let correlation =
          overlap(map) >= Registration.minimumOverlap ? comparison(map, level: Self.coarseLevel).correlation : 0
        if correlation > best?.correlation ?? 0 { best = (map, correlation) }
        if correlation >= Self.certain { return map }
      }
      if let best, best.correlation >= Registration.minimumCorrelation { return best.map }
    }
    return best?.map
  }

  /// `map` moved until the frames lie on each other, from the coarse level to `finestLevel`.
  func refined(_ map: RegistrationMap, finestLevel: Int, iterations: Int) -> RegistrationMap? {
    var map = map
    for index in (finestLevel...max(finestLevel, Self.coarseLevel)).reversed() where index < fake.levels.count {
      let level = fake.levels[index]
      let fit = RegistrationFit(fake: level.blurred(), original: partner(of: level, under: map).blurred())
      guard let moved = fit.refined(map, iterations: iterations, holes: { rectangles($0, under: map) }) else {
        return nil
      }
      map = moved
    }
    return map
  }

  /// The simplest map that cannot be told from `map`: the same pixels, whole pixels cut off or added, a resize.
  func simplest(near map: RegistrationMap) -> RegistrationMap {
    let whole = RegistrationMap(
      scaleX: 1, scaleY: 1, offsetX: map.offsetX.rounded(), offsetY: map.offsetY.rounded())
    let tolerance = Registration.resolution / min(original.levels[0].scaleX, original.levels[0].scaleY)
    for candidate in [.identity, whole, stretch] {
      let distance = candidate.distance(to: map, width: fake.pictureWidth, height: fake.pictureHeight)
      if distance <= tolerance { return candidate }
    }
    return map
  }

  /// How alike the frames are under `map`, outside the faces.
  func comparison(_ map: RegistrationMap, level index: Int) -> RegistrationComparison {
    let level = fake.levels[min(index, fake.levels.count - 1)]
    let sampling = RegistrationSampling(fake: level, original: partner(of: level, under: map), map: map)
    return sampling.comparison(in: sampling.whole, without: rectangles(sampling, under: map))
  }

  /// The share of the smaller frame that both show.
  func overlap(_ map: RegistrationMap) -> Double {
    func shared(_ fakeSide: Int, _ originalSide: Int, _ scale: Double, _ offset: Double) -> (
      length: Double, least: Double
    ) {
      let end = min(Double(fakeSide), Double(originalSide) * scale + offset)
      return (max(0, end - max(0, offset)), min(Double(fakeSide), Double(originalSide) * scale))
    }
    let x = shared(fake.pictureWidth, original.pictureWidth, map.scaleX, map.offsetX)
    let y = shared(fake.pictureHeight, original.pictureHeight, map.scaleY, map.offsetY)
    return x.length * y.length / max(1e-9, x.least * y.least)
  }

  /// The resize of the whole original to the fake's size.
  var stretch: RegistrationMap {
    RegistrationMap(
      scaleX: Double(fake.pictureWidth) / Double(original.pictureWidth),
      scaleY: Double(fake.pictureHeight) / Double(original.pictureHeight), offsetX: 0, offsetY: 0)
  }

  /// The same middle at one scale of both axes.
  private func centred(_ scale: Double) -> RegistrationMap {
    RegistrationMap(
      scaleX: scale, scaleY: scale,
      offsetX: (Double(fake.pictureWidth) - Double(original.pictureWidth) * scale) / 2,
      offsetY: (Double(fake.pictureHeight) - Double(original.pictureHeight) * scale) / 2)
  }

  /// A resize; a cut or an edge on both sides; a resize within edges, or with a cut.
  private var likely: [RegistrationMap] {
    var maps: [RegistrationMap] = []
    for map in [
      stretch, centred(1), centred(min(stretch.scaleX, stretch.scaleY)),
      centred(max(stretch.scaleX, stretch.scaleY)),
    ] where !maps.contains(map) {
      maps.append(map)
    }
    return maps
  }

  /// For every scale that is likely, the offset of the highest correlation at the coarsest level.
  private var shifted: [RegistrationMap] {
    var maps: [RegistrationMap] = []
    var scales: [RegistrationMap] = []
    for map in likely where !scales.contains(where: { $0.scaleX == map.scaleX && $0.scaleY == map.scaleY }) {
      scales.append(map)
      let level = fake.levels[fake.levels.count - 1]
      let partner = partner(of: level, under: map)
      let (stepX, stepY) = (1 / level.scaleX, 1 / level.scaleY)
      let (wide, high) = (Double(original.pictureWidth) * map.scaleX, Double(original.pictureHeight) * map.scaleY)
      var best: (map: RegistrationMap, correlation: Double)?
      for offsetY in stride(from: -high / 2, through: Double(fake.pictureHeight) - high / 2, by: stepY) {
        for offsetX in stride(from: -wide / 2, through: Double(fake.pictureWidth) - wide / 2, by: stepX) {
          var candidate = map
          (candidate.offsetX, candidate.offsetY) = (offsetX, offsetY)
          guard overlap(candidate) >= Registration.minimumOverlap else { continue }
          let sampling = RegistrationSampling(fake: level, original: partner, map: candidate)
          let correlation = sampling.comparison(in: sampling.whole).correlation
          if correlation > best?.correlation ?? 0 { best = (candidate, correlation) }
        }
      }
      if let best { maps.append(best.map) }
    }
    return maps
  }

  /// The level of the original whose pixels are as large as those of the fake's.
  private func partner(of level: RegistrationLevel, under map: RegistrationMap) -> RegistrationLevel {
    original.level(pixelsPerValue: 1 / (level.scaleX * map.scaleX))
  }

  /// The faces' places in the fake's level; none where they leave less than a quarter to look at.
  private func rectangles(_ sampling: RegistrationSampling, under map: RegistrationMap) -> [RegistrationRectangle] {
    let rectangles = holes.map { sampling.rectangle(map.apply($0)) }
    let covered = rectangles.reduce(0) { $0 + $1.columns.count * $1.rows.count }
    return covered * 4 <= sampling.overlap * 3 ? rectangles : []
  }
}
