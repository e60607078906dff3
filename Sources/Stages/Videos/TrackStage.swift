package import Engine
private import Faces
private import Records

/// `track`: gives the faces of one person in successive frames one number.
package struct TrackStage: SourceStage {
  package struct Options: StageOptions {
    package var overlap = 0.3
    package var maximumGap = 2
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case overlap
      case maximumGap = "max-gap"
    }

    package static let fields = [
      OptionField("overlap", .number(0...1), "Least intersection over union of a face with the track's last box."),
      OptionField("max-gap", .integer(0...1000), "Frames that a track survives without a face."),
    ]
  }

  package static let name = "track"
  package static let version = 1
  package static let counted = "frames"
  package static let summary = "Links faces of successive frames by overlap."
  let options: Options

  package init(options: Options) { self.options = options }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    private let options: Options
    private let context: StageContext
    private let ledger: FamilyLedger
    private var tracker: FaceTracker

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
      tracker = FaceTracker(minimumOverlap: options.overlap, maximumGap: options.maximumGap)
    }

    package func process(_ detected: DetectedFrame, emit: (TrackedFrame) throws -> Void) throws {
      let tracks = tracker.assign(detected.faces)
      guard !detected.faces.isEmpty else {
        return ledger.drop(stage: context.stageID, item: detected.frame.name, reason: "no-face")
      }
      let faces = zip(detected.faces, tracks).map { (face: $0, track: $1) }
      try emit(TrackedFrame(frame: detected.frame, faces: faces))
    }

    package func endSource(emit: (TrackedFrame) throws -> Void) throws {
      tracker = FaceTracker(minimumOverlap: options.overlap, maximumGap: options.maximumGap)
    }
  }
}
