private import Decoding
package import Engine
private import Faces
private import Foundation
private import Imaging
private import Models
private import Records

/// Scores pictures and videos with a trained model, replaying the crop recipe that the model carries: detection, crop,
/// compression and resizing by the code that made its training data.
package final class Inference {
  /// One file's score.
  package struct Result: Codable, Sendable {
    package var path: String
    /// Mean over faces of the probability of class 1, fake.
    package var probability: Double
    /// Frames with a face, of those looked at.
    package var frames: Int
    package var framesLookedAt: Int

    /// The line that `infer` prints.
    package var line: String { "Prediction of [\(path)] being Deepfake: \(String(format: "%.9f", probability))" }
  }

  private let model: DetectorModel
  private let detector: any FaceDetector
  private let cropper: FaceCropper
  private let choice: FaceChoice
  private let recipe: CropRecipe
  private let frames: Int

  /// - Throws: ``ToolError`` with status 69 when the model, or a detector's weights, are not there.
  package init(model path: String, settings: MachineSettings, frames: Int) throws {
    guard frames > 0 else { throw ToolError(.usage, "--frames is at least 1") }
    guard FileManager.default.fileExists(atPath: path) else {
      throw ToolError(
        .missing, "there is no model \(path); `dfprep run` writes one per fold into models/experts of its folder")
    }
    do { model = try DetectorModel.load(URL(filePath: path)) } catch {
      throw ToolError(ToolError.status(of: error), "\(path): \(error)")
    }
    guard let text = model.metadata[Self.recipeKey] else {
      throw ToolError(.badConfiguration, "\(path) carries no crop recipe: what it was trained on cannot be repeated")
    }
    recipe = try CanonicalJSON.decode(CropRecipe.self, from: Data(text.utf8))
    detector = try FaceDetectors.make(
      recipe.detector,
      options: DetectorOptions(
        scoreThreshold: recipe.scoreThreshold, sidePixels: recipe.detectionSidePixels,
        minimumFacePixels: recipe.minimumFacePixels),
      modelsFolder: settings.modelsFolder(beside: nil))
    guard let choice = FaceChoice(rawValue: recipe.faces) else {
      throw ToolError(
        .badConfiguration, "\(path) was trained on faces chosen by '\(recipe.faces)', which this version does not know")
    }
    self.choice = choice
    cropper = FaceCropper(recipe, input: recipe.input)
    self.frames = frames
  }

  /// Key of the crop recipe in a model's metadata.
  static let recipeKey = "crop-recipe"

  /// - Throws: for files that cannot be decoded, and where no frame shows a face.
  package func score(_ path: String) throws -> Result {
    let video = try VideoFile(path: path)
    let wanted = FrameSelection.uniform(count: frames, of: try video.timestamps())
    var inputs: [[UInt8]] = []
    var framesWithFace = 0
    _ = try video.decode(wanted) { frame in
      let faces = recipe.input == .face ? [.whole(frame.picture)] : try detector.detect(frame.picture)
      if !faces.isEmpty { framesWithFace += 1 }
      for index in choice.choose(faces) {
        let crop = try cropper.crop(frame.picture, face: faces[index]).image
        inputs.append(
          try ModelInput.pixels(ImageCodec.encode(crop, as: recipe.encoding), side: model.preprocessing.sizePixels))
      }
    }
    guard !inputs.isEmpty else {
      throw ToolError(.failed, "no face found in \(wanted.count) frames")
    }
    let probabilities = try model.probabilitiesOfFake(images: inputs)
    return Result(
      path: path, probability: probabilities.reduce(0, +) / Double(probabilities.count), frames: framesWithFace,
      framesLookedAt: wanted.count)
  }

  /// What `infer` ends with when some paths had no score.
  package static func failure(_ failures: [String], of count: Int) -> ToolError {
    ToolError(.failed, "\(failures.count) of \(count) files have no score:\n\(failures.joined(separator: "\n"))")
  }
}
