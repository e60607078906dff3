private import Decoding
package import Engine
private import Foundation

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

  private let mixture: Mixture
  private let replay: RecipeReplay
  private let frames: Int

  /// - Throws: ``ToolError`` with status 69 when the model, or a detector's weights, are not there.
  package init(model path: String, settings: MachineSettings, frames: Int) throws {
    guard frames > 0 else { throw ToolError(.usage, "--frames is at least 1") }
    mixture = try Mixture([path])
    replay = try RecipeReplay(mixture.recipe(of: 0), of: path, modelsFolder: settings.modelsFolder(beside: nil))
    self.frames = frames
  }

  /// Key of the crop recipe in a model's metadata.
  static let recipeKey = "crop-recipe"

  /// - Throws: for files that cannot be decoded, and where no frame shows a face.
  package func score(_ path: String) throws -> Result {
    let video = try replay.open(path: path)
    let wanted = FrameSelection.uniform(count: frames).times(of: try video.timeline())
    let (crops, framesWithFace) = try replay.crops(of: video, replay.source(path), at: wanted)
    guard !crops.isEmpty else { throw ToolError(.failed, "no face found in \(wanted.count) frames") }
    let probabilities = try mixture.probabilities(count: crops.count, asked: [0]) { crops[$0] }.compactMap { $0[0] }
    return Result(
      path: path, probability: probabilities.reduce(0, +) / Double(probabilities.count), frames: framesWithFace,
      framesLookedAt: wanted.count)
  }

  /// What `infer` ends with when some paths had no score.
  package static func failure(_ failures: [String], of count: Int) -> ToolError {
    ToolError(.failed, "\(failures.count) of \(count) files have no score:\n\(failures.joined(separator: "\n"))")
  }
}
