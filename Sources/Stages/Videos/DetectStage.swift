package import Engine
private import Faces
private import Imaging
internal import Records

/// `detect`: finds the faces of every frame.
package struct DetectStage: SourceStage {
  package static let name = "detect"
  package static let version = 1
  package static let counted = "frames"
  package static let summary = "Finds faces, with five landmarks where the model gives them."
  let options: Options

  package init(options: Options) { self.options = options }
  package var usesSeed: Bool { false }
  package var modelFiles: [String] { FaceDetectors.modelFiles(for: options.model) }

  package func libraryVersions() throws -> [String: String] { try FaceDetectors.libraryVersions(for: options.model) }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) throws -> Pass {
    let detector = try context.resources.value("detector \(options)") {
      try FaceDetectors.make(
        options.model,
        options: DetectorOptions(
          scoreThreshold: options.score,
          // A name that is no rule does not get through the check of the pipeline.
          scale: DetectionScale(name: options.scale, sidePixels: options.side) ?? .side(options.side),
          minimumFacePixels: options.minimumFace),
        modelsFolder: context.modelsFolder)
    }
    return Pass(options: options, ledger: ledger) { try detector.detect($0.picture) }
  }

  package final class Pass: SourcePass {
    private let options: Options
    private let ledger: FamilyLedger
    private let detect: (DecodedFrame) throws -> [Face]
    /// What is known of the original, where fakes inherit from it.
    private var family = FamilyFaces()
    /// For the fake in hand.
    private var originalBoxes: OriginalBoxes?
    /// Frames of the source in hand so far.
    private var position = 0
    /// A frame that is not looked at unless it is the source's last.
    private var held: DecodedFrame?
    private var source: Source?

    init(options: Options, ledger: FamilyLedger, detect: @escaping (DecodedFrame) throws -> [Face]) {
      (self.options, self.ledger, self.detect) = (options, ledger, detect)
    }

    package func process(_ frame: DecodedFrame, emit: (DetectedFrame) throws -> Void) throws {
      if frame.source.input == .face {
        return try emit(DetectedFrame(frame: frame, isLookedAt: true, faces: [.whole(frame.picture)]))
      }
      source = frame.source
      if let last = held {
        held = nil
        try deliver(last, faces: nil, emit: emit)
      }
      defer { position += 1 }
      switch try outcome(for: frame) {
      case .inherited(let faces, let original):
        var frame = frame
        frame.original = original
        try deliver(frame, faces: faces, emit: emit)
      case .notLookedAt: held = frame
      case .unknown:
        if position.isMultiple(of: options.every) {
          try deliver(frame, faces: try detect(frame), emit: emit)
        } else {
          held = frame
        }
      }
    }

    package func endSource(emit: (DetectedFrame) throws -> Void) throws {
      if let last = held {
        held = nil
        try deliver(last, faces: try detect(last), emit: emit)
      }
      if let source, let originalBoxes {
        for note in originalBoxes.notes { ledger.note(source: source, code: note.code, detail: note.detail) }
      }
      (source, originalBoxes, position) = (nil, nil, 0)
    }

    private func outcome(for frame: DecodedFrame) throws -> OriginalBoxes.Outcome {
      guard options.boxesFrom == "original", !isOriginal(frame.source) else { return .unknown }
      let boxes = originalBoxes ?? OriginalBoxes(family, minimumFacePixels: options.minimumFace)
      originalBoxes = boxes
      return try boxes.outcome(for: frame)
    }

    /// - Parameter faces: `nil` where the frame was not looked at.
    private func deliver(_ frame: DecodedFrame, faces: [Face]?, emit: (DetectedFrame) throws -> Void) throws {
      if options.boxesFrom == "original", isOriginal(frame.source), ledger.family.sources.count > 1 {
        try family.remember(frame, faces: faces ?? [], isLookedAt: faces != nil)
      }
      try emit(DetectedFrame(frame: frame, isLookedAt: faces != nil, faces: faces ?? []))
    }

    private func isOriginal(_ source: Source) -> Bool { source.name == ledger.family.name }
  }
}
