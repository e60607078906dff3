package import Foundation
package import Imaging
private import Networks
package import Records

/// SFace of December 2021: 128 numbers that are near for pictures of one person and far for those of two.
///
/// The face is laid on ArcFace's template by its five landmarks. Between real clips of Celeb-DF the cosine is about 0.8
/// for one person and 0.1 for two.
///
/// Source: Zhong et al. 2021, SFace: sigmoid-constrained hypersphere loss for robust face recognition; the model zoo of
/// OpenCV.
package final class SFace: Sendable {
  package static let modelFile = "face_recognition_sface_2021dec.onnx"
  package static let dimensions = 128

  private static let output = "fc1"
  private static let sidePixels = 112

  private let network: Network
  private let cropper = FaceCropper(
    cut: CropCut(.similarity, margin: 1, sizePixels: sidePixels, padding: .black, resampling: .area, encoding: .png))

  /// - Throws: ``FacesError`` `missing-model`; `NetworkError` when the file is damaged or OpenCV cannot be loaded.
  package init(modelsFolder: URL) throws {
    let model = modelsFolder.appending(path: Self.modelFile)
    let path = model.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { throw FacesError.missingModel(path: path) }
    network = try Network(onnx: model)
  }

  /// The features of one face, scaled to length 1.
  ///
  /// - Parameter landmarks: the five of ``Face``, in pixels of `image`.
  /// - Throws: ``FacesError`` `no-landmarks` or `bad-face-box` for landmarks that cannot be aligned.
  package func features(of image: Image, landmarks: [Point]) throws -> [Float] {
    let box = Box(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
    let aligned = try cropper.crop(image, face: Face(box: box, landmarks: landmarks, score: 1)).image
    let pixels = aligned.pixels.count / 3
    var planes = [Float](repeating: 0, count: pixels * 3)
    for (index, value) in aligned.pixels.enumerated() { planes[index % 3 * pixels + index / 3] = Float(value) }
    let values = try network.run(
      planes, shape: [1, 3, Self.sidePixels, Self.sidePixels], outputs: [Self.output])[0].values
    guard values.count == Self.dimensions else {
      throw FacesError.unexpectedOutput(reason: "\(Self.modelFile) gave \(values.count) values")
    }
    let length = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    return length > 0 ? values.map { Float(Double($0) / length) } : values
  }
}
