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
  /// Presentation time of the original's frame beside it, in ticks of the original's own time base; `nil` for originals
  /// and for frames without one.
  package var originalPTS: Int64?
  /// How the frame's colours became RGB; `nil` where it was not decoded.
  package var colour: ColourConversion?
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
    encoding: ImageEncoding, quality: FaceQuality, originalPTS: Int64? = nil, colour: ColourConversion? = nil,
    parents: [String] = []
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
    self.originalPTS = originalPTS
    self.colour = colour
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
