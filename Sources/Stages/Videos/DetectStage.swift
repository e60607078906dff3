package import Engine
private import Faces
private import Imaging
private import Networks
internal import Records

/// `detect`: finds the faces of every frame.
package struct DetectStage: SourceStage {
  package struct Options: StageOptions {
    package var model = "yunet"
    package var score = 0.6
    package var side = 640
    package var minimumFace = 20.0
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case model, score, side
      case minimumFace = "min-face"
    }

    package static let fields = [
      OptionField(
        "model", .choice(FaceDetectors.names), "The detector; `haar` needs no weights, and finds no landmarks."),
      OptionField("score", .number(0...1), "Least score of a face."),
      OptionField(
        "side", .integer(64...4096), "The frame is reduced until its longer side has at most this many pixels."),
      OptionField("min-face", .number(0...4096), "Least shorter side of a face, pixels of the frame."),
    ]
  }

  package static let name = "detect"
  package static let version = 1
  package static let counted = "frames"
  package static let summary = "Finds faces, with five landmarks where the model gives them."
  let options: Options

  package init(options: Options) { self.options = options }
  package var modelFiles: [String] { FaceDetectors.modelFiles(for: options.model) }

  package func libraryVersions() throws -> [String: String] { try NetworkLibraries.versions() }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) throws -> Pass {
    let detector = try context.resources.value("detector \(options)") {
      try FaceDetectors.make(
        options.model,
        options: DetectorOptions(
          scoreThreshold: options.score, sidePixels: options.side, minimumFacePixels: options.minimumFace),
        modelsFolder: context.modelsFolder)
    }
    return Pass { try detector.detect($0.picture) }
  }

  package final class Pass: SourcePass {
    private let detect: (DecodedFrame) throws -> [Face]

    init(detect: @escaping (DecodedFrame) throws -> [Face]) { self.detect = detect }

    package func process(_ frame: DecodedFrame, emit: (DetectedFrame) throws -> Void) throws {
      if frame.source.input == .face {
        return try emit(DetectedFrame(frame: frame, isLookedAt: true, faces: [.whole(frame.picture)]))
      }
      try emit(DetectedFrame(frame: frame, isLookedAt: true, faces: try detect(frame)))
    }
  }
}
