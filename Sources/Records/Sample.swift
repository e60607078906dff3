/// A point in pixels; origin top-left, x right, y down.
package struct Point: Codable, Hashable, Sendable {
  package var x: Double
  package var y: Double
  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// A rectangle in pixels.
package struct Box: Codable, Hashable, Sendable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var area: Double { max(0, width) * max(0, height) }
  package var centre: Point { Point(x: x + width / 2, y: y + height / 2) }

  /// Intersection over union, 0 for disjoint boxes.
  package func overlap(with other: Box) -> Double {
    let wide = min(x + width, other.x + other.width) - max(x, other.x)
    let high = min(y + height, other.y + other.height) - max(y, other.y)
    guard wide > 0, high > 0 else { return 0 }
    let shared = wide * high
    return shared / (area + other.area - shared)
  }
}

/// One face found in a frame, in pixels of the upright frame.
package struct Face: Codable, Hashable, Sendable {
  package var box: Box
  /// Right eye, left eye, nose, right mouth corner, left mouth corner (the person's right); empty where the model gives none.
  package var landmarks: [Point]
  /// 0 ... 1.
  package var score: Double

  package init(box: Box, landmarks: [Point] = [], score: Double) {
    self.box = box
    self.landmarks = landmarks
    self.score = score
  }
}

/// Maps frame pixels to crop pixels: `x' = a x + b y + tx`, `y' = c x + d y + ty`.
package struct AffineTransform: Codable, Hashable, Sendable {
  package var a: Double
  package var b: Double
  package var tx: Double
  package var c: Double
  package var d: Double
  package var ty: Double

  package init(a: Double, b: Double, tx: Double, c: Double, d: Double, ty: Double) {
    (self.a, self.b, self.tx, self.c, self.d, self.ty) = (a, b, tx, c, d, ty)
  }

  package func apply(_ point: Point) -> Point {
    Point(x: a * point.x + b * point.y + tx, y: c * point.x + d * point.y + ty)
  }
}

/// How pixels become bytes. A crop is compressed exactly once, real or fake, made or found.
package enum ImageEncoding: Codable, Hashable, Sendable {
  /// Lossless, 8-bit RGB.
  case png
  /// Baseline JPEG; `chroma` is 444, 422 or 420.
  case jpeg(quality: Int, chroma: Int)

  package var fileExtension: String {
    switch self {
    case .png: "png"
    case .jpeg: "jpg"
    }
  }
}

/// A rational number of seconds per tick, as FFmpeg's time bases.
package struct TimeBase: Codable, Hashable, Sendable {
  package var numerator: Int
  package var denominator: Int
  package init(numerator: Int, denominator: Int) {
    self.numerator = numerator
    self.denominator = denominator
  }
}

/// Measures of one face; recorded always, filtered on only by request.
package struct FaceQuality: Codable, Hashable, Sendable {
  /// The shorter side of the face box, frame pixels.
  package var facePixels: Double
  /// Crop pixels per frame pixel; above 1 the face was enlarged.
  package var upscale: Double
  /// Variance of the 3x3 Laplacian of the crop's luma (BT.601, 0 ... 255).
  package var sharpness: Double
  /// Mean luma of the crop, 0 ... 255.
  package var brightness: Double
  /// Standard deviation of the crop's luma.
  package var contrast: Double

  package init(facePixels: Double, upscale: Double, sharpness: Double, brightness: Double, contrast: Double) {
    self.facePixels = facePixels
    self.upscale = upscale
    self.sharpness = sharpness
    self.brightness = brightness
    self.contrast = contrast
  }
}

/// One crop: the record that travels through every stage after the source pass, and into the shards.
package struct Sample: Codable, Hashable, Sendable {
  /// See ``SampleKey``.
  package var key: String
  package var dataset: String
  /// Path of the source below the dataset's root.
  package var path: String
  /// ``Family/name``.
  package var family: String
  package var label: Label
  package var role: Role
  package var method: String?
  package var identity: String?
  package var donor: String?
  package var sourceVideo: String?
  package var officialSplit: String?
  package var compression: String?
  package var domain: String?
  /// Presentation time of the frame in ticks of ``timeBase``.
  package var pts: Int64
  package var timeBase: TimeBase
  /// Size of the upright frame, pixels.
  package var frameWidth: Int
  package var frameHeight: Int
  package var track: Int
  /// `crop` for a face found in a frame; the name of the operation for a made sample.
  package var variant: String
  package var face: Face
  /// Frame pixels to crop pixels.
  package var transform: AffineTransform
  package var width: Int
  package var height: Int
  package var encoding: ImageEncoding
  package var quality: FaceQuality
  /// Keys of the samples that a made sample was made from; empty for found ones.
  package var parents: [String]

  package init(
    key: String, source: Source, family: String, pts: Int64, timeBase: TimeBase, frameWidth: Int, frameHeight: Int,
    track: Int, variant: String, face: Face, transform: AffineTransform, width: Int, height: Int,
    encoding: ImageEncoding, quality: FaceQuality, parents: [String] = []
  ) {
    self.key = key
    dataset = source.dataset
    path = source.path
    self.family = family
    label = source.label
    role = source.role
    method = source.method
    identity = source.identity
    donor = source.donor
    sourceVideo = source.sourceVideo
    officialSplit = source.officialSplit
    compression = source.compression
    domain = source.domain
    self.pts = pts
    self.timeBase = timeBase
    self.frameWidth = frameWidth
    self.frameHeight = frameHeight
    self.track = track
    self.variant = variant
    self.face = face
    self.transform = transform
    self.width = width
    self.height = height
    self.encoding = encoding
    self.quality = quality
    self.parents = parents
  }

  /// Whether dfprep made this sample, as against finding it in a frame.
  package var isMade: Bool { !parents.isEmpty }
  /// `dataset/path`, as ``Source/name``.
  package var sourceName: String { "\(dataset)/\(path)" }
}
