package import Engine
internal import Faces

extension TrackStage {
  package struct Options: StageOptions {
    package var overlap = 0.3
    package var maximumShift = 1.0
    package var maximumGap = 2
    package var sceneCut = 0.6
    package var interpolate = true
    package var interpolateSeconds = 1.0
    package var minimumFrames = 2
    package var sureScore = 0.8
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case overlap, interpolate
      case maximumShift = "max-shift"
      case maximumGap = "max-gap"
      case sceneCut = "scene-cut"
      case interpolateSeconds = "interpolate-seconds"
      case minimumFrames = "min-frames"
      case sureScore = "sure-score"
    }

    package static let fields = [
      OptionField(
        "overlap", .number(0.01...1), "Least intersection over union of a face with where its track expects it."),
      OptionField(
        "max-shift", .number(0...4),
        "A face that overlaps less continues a track when it has moved by no more than this many of its sides; 0 asks for overlap."
      ),
      OptionField("max-gap", .integer(0...1000), "Frames looked at that a track survives without a face."),
      OptionField(
        "scene-cut", .number(0...2),
        "A frame whose 1 - correlation with the one before exceeds this starts a shot and ends all tracks; 0 finds no cuts."
      ),
      OptionField("interpolate", .bool, "Whether frames that a track misses are filled in."),
      OptionField(
        "interpolate-seconds", .number(0...60), "Longest gap that is filled in, from sighting to sighting, seconds."),
      OptionField(
        "min-frames", .integer(1...100),
        "Sightings that a track needs (`fluke`); shots of fewer than max-gap + 2 frames keep all."),
      OptionField(
        "sure-score", .number(0...1),
        "A track with a face of at least this score is no fluke, however rarely it is seen."
      ),
    ]

    /// Most pictures that are held, bytes as the decoder keeps them.
    private static let heldBytes = 96 << 20

    var rules: TrackRules {
      var rules = TrackRules()
      rules.minimumOverlap = overlap
      rules.maximumShift = maximumShift
      rules.maximumGap = maximumGap
      rules.interpolates = interpolate
      rules.maximumGapSeconds = interpolateSeconds
      rules.minimumFrames = minimumFrames
      rules.sureScore = sureScore
      rules.budget = Self.heldBytes
      return rules
    }
  }
}
