package import Foundation

/// The face detectors there are, by name.
package enum FaceDetectors {
  /// Names as in ``CropRecipe/detector``, sorted.
  package static let names = ["haar", "yunet"]

  /// The files that a detector reads: names below the models folder, or the whole path of a file of the system; their
  /// digests belong in fingerprints.
  package static func modelFiles(for name: String) -> [String] {
    switch name {
    case "haar": [HaarDetector.debianCascade.path(percentEncoded: false)]
    case "yunet": [YuNetDetector.modelFile]
    default: []
    }
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
