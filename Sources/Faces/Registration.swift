package import Records

/// Where and how well an original's frame is seen in a fake's: found from thumbnails, never assumed.
package struct Registration: Hashable, Sendable {
  /// Original to fake.
  package let map: RegistrationMap
  /// Correlation of the two frames outside the faces, -1...1.
  package let correlation: Double

  /// Least correlation outside the faces.
  static let minimumCorrelation = 0.9
  /// Least agreement of a face's surroundings, or of a frame without faces. Of 480 fakes' frames and their originals' the
  /// lowest agreement was 0.983; of 6,662 pairs of other moments, whose boxes overlap by less than 0.75, 99 in 100 lay
  /// below 0.933. See docs/registration.md.
  package static let minimumAgreement = 0.97
  /// Least share of the smaller frame that the two have in common.
  static let minimumOverlap = 0.5
  /// Least standard deviation of a frame, grey levels: a black frame lies on everything.
  static let minimumDeviation = 4.0
  /// Maps nearer than this, in thumbnail pixels, cannot be told apart; the simplest of them is taken.
  static let resolution = 0.15

  /// Finds the map that lays `original` on `fake`: scale and offset of both axes.
  ///
  /// - Parameter faces: of the original's frame; what was manipulated is left out, as far as enough of the frame remains.
  /// - Returns: `nil` where no map makes the frames alike.
  package static func find(
    original: RegistrationThumbnail, fake: RegistrationThumbnail, faces: [Face]
  ) -> Registration? {
    guard original.isUsable, fake.isUsable else { return nil }
    let search = RegistrationSearch(original: original, fake: fake, faces: faces)
    guard let coarse = search.coarse(), let fine = search.refined(coarse, finestLevel: 0, iterations: 6) else {
      return nil
    }
    let map = search.simplest(near: fine)
    let comparison = search.comparison(map, level: 0)
    guard comparison.correlation >= minimumCorrelation, comparison.deviation >= minimumDeviation,
      search.overlap(map) >= minimumOverlap
    else { return nil }
    return Registration(map: map, correlation: comparison.correlation)
  }

  /// How surely `face` of the original's frame is at the same place in the fake's: the correlation of what surrounds it
  /// (twice the box, without any face's box), which a manipulation leaves alone and a movement does not.
  ///
  /// - Returns: 0 where less than a quarter of the surroundings is seen.
  package static func agreement(
    of face: Face, among faces: [Face], original: RegistrationThumbnail, fake: RegistrationThumbnail,
    map: RegistrationMap
  ) -> Double {
    guard original.isUsable, fake.isUsable else { return 0 }
    let sampling = RegistrationSampling(fake: fake.levels[0], original: original.levels[0], map: map)
    let box = map.apply(face.box)
    let surroundings = box.enlarged(2)
    let comparison = sampling.comparison(
      in: sampling.rectangle(surroundings), without: faces.map { sampling.rectangle(map.apply($0.box)) })
    let expected = (surroundings.area - box.area) * fake.levels[0].scaleX * fake.levels[0].scaleY
    guard Double(comparison.count) >= max(16, expected / 4), comparison.deviation >= minimumDeviation else { return 0 }
    return comparison.correlation
  }

  /// How alike two frames look at a glance, faces included, -1...1: what ranks frames, and proves nothing.
  ///
  /// - Parameter map: `nil` holds the whole original against the whole fake.
  package static func resemblance(
    original: RegistrationThumbnail, fake: RegistrationThumbnail, map: RegistrationMap?
  ) -> Double {
    guard original.isUsable, fake.isUsable else { return 0 }
    let search = RegistrationSearch(original: original, fake: fake, faces: [])
    return search.comparison(map ?? search.stretch, level: fake.levels.count - 1).correlation
  }

  /// How alike the whole frames are under `map`, faces left out.
  package static func agreement(
    of faces: [Face], original: RegistrationThumbnail, fake: RegistrationThumbnail, map: RegistrationMap
  ) -> Double {
    guard original.isUsable, fake.isUsable else { return 0 }
    let comparison = RegistrationSearch(original: original, fake: fake, faces: faces).comparison(map, level: 1)
    return comparison.deviation >= minimumDeviation ? comparison.correlation : 0
  }
}

extension Box {
  /// The box with its sides multiplied, about the same centre.
  func enlarged(_ factor: Double) -> Box {
    Box(
      x: centre.x - width * factor / 2, y: centre.y - height * factor / 2, width: width * factor,
      height: height * factor)
  }
}
