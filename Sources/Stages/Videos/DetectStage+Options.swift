package import Engine
private import Faces

extension DetectStage {
  package struct Options: StageOptions {
    package var model = "yunet"
    package var score = 0.6
    package var scale = "side"
    package var side = 640
    package var minimumFace = 20.0
    package var boxesFrom = "own"
    package var every = 1
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case model, score, scale, side, every
      case minimumFace = "min-face"
      case boxesFrom = "boxes-from"
    }

    package static let fields = [
      OptionField(
        "model", .choice(FaceDetectors.names),
        "The detector, see detectors.md; `haar` needs no weights; it and `blazeface` find no landmarks."),
      OptionField("score", .number(0...1), "Least score of a face."),
      OptionField(
        "scale", .choice(DetectionScale.names),
        "The size at which a frame is looked at. `side`: reduced to that option; `dfdc-winner`: twice the size below 300 pixels of width, half above 1000, 0.33 above 1900."
      ),
      OptionField(
        "side", .integer(64...4096),
        "Under `scale: side` the frame is reduced until its longer side has at most this many pixels."),
      OptionField("min-face", .number(0...4096), "Least shorter side of a face, pixels of the frame."),
      OptionField(
        "boxes-from", .choice(["own", "original"]),
        "`original`: fakes inherit the faces of their original, registered in place and time; what cannot be registered is detected (`not-registered` in the source's notes)."
      ),
      OptionField(
        "every", .integer(1...1000),
        "Detect on every so many-th of a source's frames, and the last; the faces between follow from them."),
    ]
  }
}
