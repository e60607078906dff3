/// How a face of a frame becomes a picture: what a preset names and options change.
package struct CropCut: Codable, Hashable, Sendable {
  /// Which part of the frame is taken. "Whole pixels" are cut towards zero, as `int()` of the reference programs.
  package enum Geometry: String, Codable, Hashable, Sendable, CaseIterable {
    /// The margin times the box's longer side, centred on the box, rounded to whole pixels; padded beyond the frame.
    case square
    /// The five landmarks on the ArcFace template, by the similarity of least squares; padded beyond the frame.
    case similarity
    /// The box in whole pixels, widened on each side by whole pixels to the margin; cut at the frame.
    case box
    /// The box widened to the margin, then the whole pixels that cover it; cut at the frame.
    case coveringBox = "covering-box"
    /// The box in whole pixels, its shorter side widened to the longer; cut at the frame.
    case squaredBox = "squared-box"
    /// As `square`, in whole pixels; moved into the frame at the top and left, made smaller at the bottom and right.
    case squareInFrame = "square-in-frame"
    /// The whole frame.
    case frame
  }

  /// How a rectangle gets into a square picture.
  package enum Fit: String, Codable, Hashable, Sendable, CaseIterable {
    case stretch
    /// The longer side fills the picture; the rest is padding, as much before as behind.
    case letterbox
  }

  /// What stands where the frame has no pixels.
  package enum Padding: String, Codable, Hashable, Sendable, CaseIterable {
    case black, reflect, replicate
  }

  /// How pixels are made of others.
  package enum Resampling: String, Codable, Hashable, Sendable, CaseIterable {
    case nearest, linear, cubic, area, lanczos
    /// The mean of the covered area to reduce, cubic to enlarge.
    case areaOrCubic = "area-cubic"
  }

  package var geometry: Geometry
  /// Side of the part that is taken over the side of the box; for `similarity`, over that of the template.
  package var margin: Double
  /// Side of the picture, pixels; `nil` keeps the frame's own pixels.
  package var sizePixels: Int?
  package var fit: Fit
  package var padding: Padding
  package var resampling: Resampling
  package var encoding: ImageEncoding

  package init(
    _ geometry: Geometry, margin: Double, sizePixels: Int?, fit: Fit = .stretch, padding: Padding,
    resampling: Resampling, encoding: ImageEncoding
  ) {
    self.geometry = geometry
    self.margin = margin
    self.sizePixels = sizePixels
    self.fit = fit
    self.padding = padding
    self.resampling = resampling
    self.encoding = encoding
  }
}

/// What the option of the same meaning of `track` was.
package struct TrackingRecipe: Codable, Hashable, Sendable {
  package var overlap: Double
  package var maximumShift: Double
  package var maximumGap: Int
  package var sceneCut: Double
  package var interpolates: Bool
  package var interpolateSeconds: Double
  package var minimumFrames: Int
  package var sureScore: Double

  /// Every face by itself, unless told otherwise.
  package init(
    overlap: Double = 1, maximumShift: Double = 0, maximumGap: Int = 0, sceneCut: Double = 0,
    interpolates: Bool = false, interpolateSeconds: Double = 0, minimumFrames: Int = 1, sureScore: Double = 1
  ) {
    self.overlap = overlap
    self.maximumShift = maximumShift
    self.maximumGap = maximumGap
    self.sceneCut = sceneCut
    self.interpolates = interpolates
    self.interpolateSeconds = interpolateSeconds
    self.minimumFrames = minimumFrames
    self.sureScore = sureScore
  }
}

/// Everything that turns a frame into the pixels a model sees: written into every shard index and every model, and
/// replayed by `infer`.
package struct CropRecipe: Codable, Hashable, Sendable {
  /// Whether frames marked as interlaced were made whole.
  package var deinterlaces: Bool
  /// Name of the detector (`yunet`, `haar`).
  package var detector: String
  /// Least score of a face, 0 ... 1.
  package var scoreThreshold: Double
  /// Longer side, pixels, that a frame is reduced to before detection; never enlarged.
  package var detectionSidePixels: Int
  /// Name of the rule for the size at which a frame is looked at; `side` is ``detectionSidePixels``.
  package var detectionScale: String
  /// Least shorter side of a face, pixels of the frame.
  package var minimumFacePixels: Double
  /// Whose faces a fake's crops are cut around: its `own`, or those of the `original`.
  package var boxesFrom: String
  /// Every so many-th frame was looked at; the faces between follow from those.
  package var detectionInterval: Int
  /// How faces of successive frames became tracks.
  package var tracking: TrackingRecipe
  /// Which faces are cut out: `largest`, `all`, `at-most-3`, `most-present`, `mask`.
  package var faces: String
  /// Name of the preset; ``cut`` is what it means once other options are laid over it.
  package var preset: String
  package var cut: CropCut
  /// `face` where the pictures were ready crops: taken whole, without a margin.
  package var input: InputKind

  package init(
    deinterlaces: Bool = false, detector: String, scoreThreshold: Double, detectionSidePixels: Int,
    detectionScale: String = "side", minimumFacePixels: Double = 0, boxesFrom: String = "own",
    detectionInterval: Int = 1, tracking: TrackingRecipe = TrackingRecipe(),
    faces: String = "largest", preset: String, cut: CropCut, input: InputKind = .frame
  ) {
    self.deinterlaces = deinterlaces
    self.detector = detector
    self.scoreThreshold = scoreThreshold
    self.detectionSidePixels = detectionSidePixels
    self.detectionScale = detectionScale
    self.minimumFacePixels = minimumFacePixels
    self.boxesFrom = boxesFrom
    self.detectionInterval = detectionInterval
    self.tracking = tracking
    self.faces = faces
    self.preset = preset
    self.cut = cut
    self.input = input
  }
}
