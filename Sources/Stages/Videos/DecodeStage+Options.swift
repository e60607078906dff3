internal import Decoding
package import Engine
internal import Records

extension DecodeStage {
  package struct Options: StageOptions {
    package var at = "uniform"
    package var frames = PerLabel(real: 32, fake: 32)
    package var stride = PerLabel(real: 10, fake: 10)
    package var framesPerSecond = PerLabel(real: 1.0, fake: 1.0)
    package var paired = true
    package var deinterlace = false
    package var maximumMegapixels = 64
    package var maximumPackets = 2_000_000
    package var maximumDecodedMegapixels = 500_000
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case at, frames, stride, paired, deinterlace
      case framesPerSecond = "fps"
      case maximumMegapixels = "max-megapixels"
      case maximumPackets = "max-packets"
      case maximumDecodedMegapixels = "max-decoded-megapixels"
    }

    /// Ways of choosing whose number of frames is ``frames``.
    private static let counting = ["uniform", "segments", "random"]

    package static let fields = [
      OptionField(
        "at", .choice(counting + ["stride", "fps", "keyframes", "all"]),
        "How frames are chosen, always by presentation time. `uniform`: evenly, first and last included; `segments`: the centres of equal segments; `random`: by the seed; `stride`: every so many-th; `fps`: so many a second; `keyframes`: those the container marks; `all`."
      ),
      OptionField(
        "frames", .perLabel(.integer(1...100_000)),
        "Frames of each video under `uniform`, `segments` and `random`; a video that has fewer gives all."),
      OptionField("stride", .perLabel(.integer(1...100_000)), "Under `at: stride`: 1 takes every frame."),
      OptionField(
        "fps", .perLabel(.number(0.001...1000)), "Under `at: fps`: frames a second, whatever the video's rate."),
      OptionField(
        "paired", .bool,
        "A fake's frames are those shown at the times of its original's, as far as the original goes; what is wanted beyond is chosen by the fake itself."
      ),
      OptionField(
        "deinterlace", .bool,
        "Frames marked as interlaced keep their first field, the other's rows are made of it along edges (FFmpeg's estdif)."
      ),
      OptionField("max-megapixels", .integer(1...1024), "A frame with more pixels fails its source (`too-large`)."),
      OptionField("max-packets", .integer(1...100_000_000), "A video with more packets fails (`too-many-packets`)."),
      OptionField(
        "max-decoded-megapixels", .integer(1...1_000_000_000),
        "A video that needs more to be decoded fails (`too-long`); frames until then are kept."),
    ]

    /// - Throws: ``ToolError`` `badConfiguration` for a number that `at` does not use.
    func check() throws {
      let defaults = Self()
      for (name, isSet, users) in [
        ("frames", frames != defaults.frames, Self.counting), ("stride", stride != defaults.stride, ["stride"]),
        ("fps", framesPerSecond != defaults.framesPerSecond, ["fps"]),
      ] where isSet && !users.contains(at) {
        throw ToolError(
          .badConfiguration, "`\(name)` means nothing under `at: \(at)`; it is for \(users.joined(separator: ", "))")
      }
    }

    /// The choice for one source.
    func selection(for source: Source, seed: UInt64) -> FrameSelection {
      switch at {
      case "segments": .segments(count: frames[source.label])
      case "random": .random(count: frames[source.label], seed: seed, key: source.name)
      case "stride": .stride(stride[source.label])
      // Thousandths of a frame are enough to tell 29.97 from 30.
      case "fps": .rate(numerator: Int((framesPerSecond[source.label] * 1000).rounded()), denominator: 1000)
      case "keyframes": .keyframes
      case "all": .all
      default: .uniform(count: frames[source.label])
      }
    }

    var limits: DecodingLimits {
      DecodingLimits(
        maximumPixelsPerFrame: maximumMegapixels << 20, maximumPackets: maximumPackets,
        maximumDecodedPixels: maximumDecodedMegapixels << 20)
    }
  }
}
