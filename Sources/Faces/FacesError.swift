/// What can go wrong with faces, beside what ``NetworkError`` and `ImagingError` say of the layers below.
package enum FacesError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownDetector(name: String)
  case missingModel(path: String)
  case missingCascade(path: String)
  case unexpectedOutput(reason: String)
  case badBox(reason: String)
  case noLandmarks

  /// The kind of failure; never changes its meaning.
  package var code: String {
    switch self {
    case .unknownDetector: "unknown-detector"
    case .missingModel: "missing-model"
    case .missingCascade: "missing-cascade"
    case .unexpectedOutput: "unexpected-network-output"
    case .badBox: "bad-face-box"
    case .noLandmarks: "no-landmarks"
    }
  }

  package var description: String {
    switch self {
    case .unknownDetector(let name):
      "no face detector is called '\(name)'; there are: \(FaceDetectors.names.joined(separator: ", "))"
    case .missingModel(let path): "the weights \(path) are missing: `make deps` fetches them"
    case .missingCascade(let path): "the cascade \(path) is missing: install the Debian package opencv-data"
    case .unexpectedOutput(let reason):
      "\(reason): the weights are of another network; `make deps` fetches the right ones"
    case .badBox(let reason): reason
    case .noLandmarks:
      "this crop needs five landmarks, and the face has none: detect with yunet, mtcnn or centerface, or crop with `align: none`"
    }
  }
}
