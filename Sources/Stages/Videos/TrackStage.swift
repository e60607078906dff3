package import Engine
private import Faces
private import Imaging
internal import Records

/// `track`: gives the faces of one person in successive frames one number.
///
/// Frames are held until it is known which of their faces are flukes and what lies in gaps: at most `max-gap` + 1
/// looks, and 96 MiB of pictures (31 of 1080p, 8 of 4K).
package struct TrackStage: SourceStage {
  package static let name = "track"
  package static let version = 2
  package static let counted = "frames"
  package static let summary =
    "Links the faces of one person by where they are expected; ends tracks at cuts, fills short gaps, drops flukes."
  let options: Options

  package init(options: Options) { self.options = options }
  package var usesSeed: Bool { false }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    private let options: Options
    private let context: StageContext
    private let ledger: FamilyLedger
    private var lookAhead: TrackLookAhead<DecodedFrame>
    private var cuts: SceneCuts

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
      lookAhead = TrackLookAhead(options.rules)
      cuts = SceneCuts(threshold: options.sceneCut)
    }

    package func process(_ detected: DetectedFrame, emit: (TrackedFrame) throws -> Void) throws {
      let frame = detected.frame
      if frame.source.input == .face {
        // The whole picture is the face, whoever is on it.
        return try emit(TrackedFrame(frame: frame, faces: detected.faces.map { ($0, 0) }))
      }
      let isCut =
        options.sceneCut > 0
        ? cuts.isCut(before: try frame.picture.luma(width: SceneCuts.width, height: SceneCuts.height)) : false
      let decided = lookAhead.add(
        frame, faces: detected.isLookedAt ? detected.faces : nil, seconds: frame.seconds, isCut: isCut,
        cost: frame.picture.width * frame.picture.height * 3 / 2)
      for frame in decided { try deliver(frame, emit: emit) }
    }

    package func endSource(emit: (TrackedFrame) throws -> Void) throws {
      for frame in lookAhead.finish() { try deliver(frame, emit: emit) }
      cuts = SceneCuts(threshold: options.sceneCut)
    }

    private func deliver(_ decided: DecidedFrame<DecodedFrame>, emit: (TrackedFrame) throws -> Void) throws {
      let frame = decided.payload
      ledger.make(context.stageID, count: decided.flukes.count)
      for (face, track) in decided.flukes {
        ledger.drop(
          stage: context.stageID, item: "\(frame.name)#\(track)", reason: "fluke", detail: "score \(face.score)")
      }
      guard !decided.faces.isEmpty else {
        return ledger.drop(
          stage: context.stageID, item: frame.name, reason: "no-face",
          detail: decided.flukes.isEmpty ? nil : "none but flukes")
      }
      try emit(TrackedFrame(frame: frame, faces: decided.faces))
    }
  }
}

extension DecodedFrame {
  /// When it is shown, seconds of the source's own time.
  var seconds: Double { Double(pts) * Double(timeBase.numerator) / Double(timeBase.denominator) }
}
