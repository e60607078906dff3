private import Decoding
package import Engine
package import Records

/// `decode`: chooses frames of every video by time and decodes just those.
package struct DecodeStage: SourceStage {
  package struct Options: StageOptions {
    package var frames = PerLabel(real: 32, fake: 32)
    package var at = "uniform"
    package var maximumMegapixels = 64
    package var maximumPackets = 2_000_000
    package var maximumDecodedMegapixels = 500_000
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case frames, at
      case maximumMegapixels = "max-megapixels"
      case maximumPackets = "max-packets"
      case maximumDecodedMegapixels = "max-decoded-megapixels"
    }

    package static let fields = [
      OptionField("frames", .perLabel(.integer(1...100_000)), "Frames taken of each video."),
      OptionField(
        "at", .choice(["uniform"]), "How they are chosen: `uniform` is evenly in time, first and last included."),
      OptionField("max-megapixels", .integer(1...1024), "A frame with more pixels fails its source (`too-large`)."),
      OptionField("max-packets", .integer(1...100_000_000), "A video with more packets fails (`too-many-packets`)."),
      OptionField(
        "max-decoded-megapixels", .integer(1...1_000_000_000),
        "A video that needs more to be decoded fails (`too-long`); frames until then are kept."),
    ]
  }

  package static let name = "decode"
  package static let version = 1
  package static let counted = "videos to frames"
  package static let summary = "Decodes the chosen frames of every video, upright, RGB, by presentation time."
  let options: Options

  package init(options: Options) { self.options = options }

  package func libraryVersions() throws -> [String: String] { FFmpegLibraries.versions() }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    let options: Options
    let context: StageContext
    let ledger: FamilyLedger

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
    }

    package func process(_ source: Source, emit: (DecodedFrame) throws -> Void) throws {
      guard let root = context.roots[source.dataset] else { throw InternalFault("no root for \(source.dataset)") }
      let limits = DecodingLimits(
        maximumPixelsPerFrame: options.maximumMegapixels << 20, maximumPackets: options.maximumPackets,
        maximumDecodedPixels: options.maximumDecodedMegapixels << 20)
      do {
        let video = try VideoFile(path: "\(root)/\(source.path)", limits: limits)
        ledger.record(source: source, facts: try SourceFacts.facts(of: video))
        let timestamps = try video.timestamps()
        let places = Dictionary(uniqueKeysWithValues: zip(timestamps, timestamps.indices))
        let wanted = FrameSelection.uniform(count: options.frames[source.label]).times(of: try video.timeline())
        let summary = try video.decode(wanted) { frame in
          try emit(
            DecodedFrame(
              source: source, picture: frame.picture, pts: frame.pts, timeBase: frame.timeBase,
              index: places[frame.pts] ?? 0, originalPTS: nil, colour: frame.picture.colour))
        }
        try account(summary, source: source)
      } catch let error as DecodingError {
        throw SourceFailure(code: error.code.rawValue, message: error.message, isTransient: error.isInputOutput)
      }
    }

    /// Every frame asked for ends as a record: those that never came out are dropped by name.
    private func account(_ summary: DecodingSummary, source: Source) throws {
      for pts in summary.missing {
        ledger.drop(
          stage: context.stageID, item: "\(source.name)@\(pts)", reason: "frame-missing",
          detail: summary.firstDecoderError)
      }
      if summary.decoderErrors > 0 {
        ledger.note(
          source: source, code: "decoder-errors",
          detail: "\(summary.decoderErrors), the first: \(summary.firstDecoderError ?? "unnamed")")
      }
      if !summary.damaged.isEmpty {
        ledger.note(
          source: source, code: "damaged-frames",
          detail: "the decoder patched \(summary.damaged.count) of \(summary.framesDelivered) frames, the first at "
            + "\(summary.damaged[0])")
      }
      if summary.framesDelivered == 0 {
        throw SourceFailure(code: "no-frames", message: summary.firstDecoderError ?? "no frame could be decoded")
      }
    }
  }
}
