package import Foundation
private import Networks

/// The face detectors there are, by name.
package enum FaceDetectors {
  /// Names as in ``CropRecipe/detector``, sorted.
  package static let names = ["blazeface", "centerface", "haar", "mtcnn", "yunet"]

  /// The files that a detector reads: names below the models folder, or the whole path of a file of the system; their
  /// digests belong in fingerprints.
  package static func modelFiles(for name: String) -> [String] {
    switch name {
    case "blazeface": [BlazeFaceDetector.modelFile]
    case "centerface": [CenterFaceDetector.modelFile]
    case "haar": [HaarDetector.debianCascade.path(percentEncoded: false)]
    case "mtcnn": MTCNNDetector.modelFiles
    case "yunet": [YuNetDetector.modelFile]
    default: []
    }
  }

  /// Names and versions of the libraries that a detector runs on.
  package static func libraryVersions(for name: String) throws -> [String: String] {
    try NetworkLibraries.versions(of: [name == "yunet" ? .oneDNN : .openCV])
  }

  /// Makes a detector.
  ///
  /// - Throws: ``FacesError`` `unknown-detector`, `missing-model` or `missing-cascade`; `NetworkError` when the file is
  ///   damaged or OpenCV cannot be loaded.
  package static func make(_ name: String, options: DetectorOptions, modelsFolder: URL) throws -> any FaceDetector {
    let models = modelFiles(for: name).map { modelsFolder.appending(path: $0) }
    if name != "haar" {
      for path in models.map({ $0.path(percentEncoded: false) })
      where !FileManager.default.fileExists(atPath: path) {
        throw FacesError.missingModel(path: path)
      }
    }
    return switch name {
    case "blazeface": try BlazeFaceDetector(model: models[0], options: options)
    case "centerface": try CenterFaceDetector(model: models[0], options: options)
    case "haar": try HaarDetector(cascade: HaarDetector.debianCascade, options: options)
    case "mtcnn": try MTCNNDetector(models: models, options: options)
    case "yunet": try YuNetDetector(model: models[0], options: options)
    default: throw FacesError.unknownDetector(name: name)
    }
  }
}
