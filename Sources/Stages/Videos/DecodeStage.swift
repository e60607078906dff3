internal import Decoding
package import Engine
package import Records

/// `decode`: chooses frames of every video by time and decodes just those.
package struct DecodeStage: SourceStage {
  package static let name = "decode"
  package static let version = 2
  package static let counted = "videos to frames"
  package static let summary = "Decodes the chosen frames of every video, upright, by presentation time."
  let options: Options

  package var usesSeed: Bool { options.at == "random" }

  package init(options: Options) throws {
    try options.check()
    self.options = options
  }

  package func libraryVersions() throws -> [String: String] { try FFmpegLibraries.versions() }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    private let options: Options
    private let context: StageContext
    private let ledger: FamilyLedger
    /// The original's chosen frames, beside which those of its fakes are taken.
    private var alignment: FrameAlignment?

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
    }

    package func process(_ source: Source, emit: (DecodedFrame) throws -> Void) throws {
      let before = ledger.ended(context.stageID)
      var asked: Int?
      // Of a video that fails it is not known how many frames there were to be; those that came before are its own.
      defer { ledger.make(context.stageID, count: asked.map { $0 - 1 } ?? ledger.ended(context.stageID) - before) }
      do {
        let video = try VideoFile(
          source, roots: context.roots, limits: options.limits, deinterlacing: options.deinterlace)
        ledger.record(
          source: source, facts: SourceFacts.facts(of: video.properties, bytes: try source.bytes(context.roots)))
        let timeline = try video.timeline()
        let places = Dictionary(uniqueKeysWithValues: zip(timeline.times, timeline.times.indices))
        let partners = choose(of: timeline, source)
        let summary = try video.decode(partners.keys.sorted()) { frame in
          try emit(
            DecodedFrame(
              source: source, picture: frame.picture, pts: frame.pts, timeBase: frame.timeBase,
              index: places[frame.pts] ?? 0, originalPTS: partners[frame.pts] ?? nil, colour: frame.picture.colour))
        }
        try account(summary, source: source)
        asked = partners.count
      } catch let error as DecodingError {
        throw SourceFailure(code: error.code.rawValue, message: error.message, isTransient: error.isInputOutput)
      }
    }

    /// Presentation times of the frames to take, and of the original's frame beside each, if there is one.
    private func choose(of timeline: Timeline, _ source: Source) -> [Int64: Int64?] {
      let selection = options.selection(for: source, seed: context.seed)
      guard let alignment, source.name != ledger.family.name else {
        let chosen = selection.times(of: timeline)
        if options.paired, source.name == ledger.family.name, !chosen.isEmpty {
          alignment = FrameAlignment(chosen: chosen, of: timeline)
        }
        return Dictionary(uniqueKeysWithValues: chosen.map { ($0, nil) })
      }
      let frames = alignment.frames(of: timeline, by: selection)
      for case let (pts, original?) in frames {
        ledger.pair(fake: "\(source.name)@\(pts)", original: "\(ledger.family.name)@\(original)")
      }
      return Dictionary(uniqueKeysWithValues: frames.map { ($0.pts, $0.originalPTS) })
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
