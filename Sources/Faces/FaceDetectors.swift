package import Foundation

/// The face detectors there are, by name.
package enum FaceDetectors {
  /// Names as in ``CropRecipe/detector``, sorted.
  package static let names = ["haar", "yunet"]

  /// The weights that a detector reads, as names below the models folder; their digests belong in fingerprints.
  ///
  /// `haar` reads a file of the system and has none.
  package static func modelFiles(for name: String) -> [String] {
    name == "yunet" ? [YuNetDetector.modelFile] : []
  }

  /// Makes a detector.
  ///
  /// - Throws: ``FacesError`` `unknown-detector`, `missing-model` or `missing-cascade`; `NetworkError` when the file is
  ///   damaged or OpenCV cannot be loaded.
  package static func make(_ name: String, options: DetectorOptions, modelsFolder: URL) throws -> any FaceDetector {
    switch name {
    case "haar": try HaarDetector(cascade: HaarDetector.debianCascade, options: options)
    case "yunet":
      try YuNetDetector(model: modelsFolder.appending(path: YuNetDetector.modelFile), options: options)
    default: throw FacesError.unknownDetector(name: name)
    }
  }
}
