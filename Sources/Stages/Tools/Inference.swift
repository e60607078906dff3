private import Decoding
package import Engine
private import Faces
private import Foundation
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
  private let recipe: CropRecipe
  private let detect: DetectStage
  private let track: TrackStage
  private let crop: CropStage
  private let modelsFolder: URL
  private let resources = WorkerResources()
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
    guard let choice = FaceChoice(rawValue: recipe.faces) else {
      throw ToolError(
        .badConfiguration, "\(path) was trained on faces chosen by '\(recipe.faces)', which this version does not know")
    }
    detect = DetectStage(options: DetectStage.Options(recipe))
    track = TrackStage(options: TrackStage.Options(recipe))
    crop = CropStage(cut: recipe.cut, choice: choice)
    modelsFolder = settings.modelsFolder(beside: nil)
    self.frames = frames
    // Missing weights are found before the first file.
    _ = try detect.makePass(context, ledger: ledger(of: source(path)))
  }

  /// Key of the crop recipe in a model's metadata.
  static let recipeKey = "crop-recipe"

  private var context: StageContext {
    StageContext(
      stageID: "infer", seed: 0, modelsFolder: modelsFolder, roots: [:], resources: resources,
      progress: { _, _, _ in })
  }

  private func source(_ path: String) -> Source {
    Source(dataset: "infer", path: path, label: .real, input: recipe.input)
  }

  private func ledger(of source: Source) throws -> FamilyLedger {
    guard let family = Family.families(of: [source]).first else { throw InternalFault("no family of \(source.name)") }
    return FamilyLedger(family: family)
  }

  /// - Throws: for files that cannot be decoded, and where no frame shows a face.
  package func score(_ path: String) throws -> Result {
    let video = try VideoFile(path: path, deinterlacing: recipe.deinterlaces)
    let wanted = FrameSelection.uniform(count: frames).times(of: try video.timeline())
    let (inputs, framesWithFace) = try inputs(of: video, named: path, at: wanted)
    guard !inputs.isEmpty else {
      throw ToolError(.failed, "no face found in \(wanted.count) frames")
    }
    let probabilities = try model.probabilitiesOfFake(images: inputs)
    return Result(
      path: path, probability: probabilities.reduce(0, +) / Double(probabilities.count), frames: framesWithFace,
      framesLookedAt: wanted.count)
  }

  /// What the model sees of a file, by the stages that its training data came through.
  private func inputs(
    of video: VideoFile, named path: String, at wanted: [Int64]
  ) throws -> (inputs: [[UInt8]], framesWithFace: Int) {
    let source = source(path)
    let ledger = try ledger(of: source)
    let detecting = try detect.makePass(context, ledger: ledger)
    let tracking = track.makePass(context, ledger: ledger)
    let cropping = crop.makePass(context, ledger: ledger)
    var inputs: [[UInt8]] = []
    var framesWithFace = 0
    func see(_ crop: Crop) throws {
      inputs.append(try ModelInput.pixels(crop.encoded(), side: model.preprocessing.sizePixels))
    }
    func cut(_ frame: TrackedFrame) throws {
      framesWithFace += 1
      try cropping.process(frame, emit: see)
    }
    func follow(_ frame: DetectedFrame) throws { try tracking.process(frame, emit: cut) }
    var index = 0
    _ = try video.decode(wanted) { frame in
      try detecting.process(
        DecodedFrame(
          source: source, picture: frame.picture, pts: frame.pts, timeBase: frame.timeBase, index: index,
          originalPTS: nil, colour: frame.picture.colour), emit: follow)
      index += 1
    }
    try detecting.endSource(emit: follow)
    try tracking.endSource(emit: cut)
    try cropping.endSource(emit: see)
    return (inputs, framesWithFace)
  }

  /// What `infer` ends with when some paths had no score.
  package static func failure(_ failures: [String], of count: Int) -> ToolError {
    ToolError(.failed, "\(failures.count) of \(count) files have no score:\n\(failures.joined(separator: "\n"))")
  }
}
