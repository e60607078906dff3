internal import Decoding
internal import Engine
private import Faces
internal import Foundation
internal import Records

/// Cuts files as a model's training data was cut: detection, tracks, crop and compression by the same stages.
final class RecipeReplay {
  private let recipe: CropRecipe
  private let detect: DetectStage
  private let track: TrackStage
  private let crop: CropStage
  private let modelsFolder: URL
  private let resources = WorkerResources()

  /// - Parameter owner: whose recipe it is, for messages.
  /// - Throws: ``ToolError`` with status 69 when a detector's weights are not there.
  init(_ recipe: CropRecipe, of owner: String, modelsFolder: URL) throws {
    guard let choice = FaceChoice(rawValue: recipe.faces) else {
      throw ToolError(
        .badConfiguration, "\(owner) was trained on faces chosen by '\(recipe.faces)', which this version does not know"
      )
    }
    self.recipe = recipe
    self.modelsFolder = modelsFolder
    detect = DetectStage(options: DetectStage.Options(recipe))
    track = TrackStage(options: TrackStage.Options(recipe))
    crop = CropStage(cut: recipe.cut, choice: choice)
    // Missing weights are found before the first file.
    _ = try detect.makePass(context, ledger: ledger(of: source(owner)))
  }

  private var context: StageContext {
    StageContext(
      stageID: "infer", seed: 0, modelsFolder: modelsFolder, roots: [:], resources: resources,
      progress: { _, _, _ in })
  }

  /// A file by its path, of the kind that the model was trained on.
  func source(_ path: String) -> Source { Source(dataset: "infer", path: path, label: .real, input: recipe.input) }

  private func ledger(of source: Source) throws -> FamilyLedger {
    guard let family = Family.families(of: [source]).first else { throw InternalFault("no family of \(source.name)") }
    return FamilyLedger(family: family)
  }

  /// A file opened as the recipe says.
  func open(path: String, part: Range<Int>? = nil) throws -> VideoFile {
    try VideoFile(path: path, part: part, deinterlacing: recipe.deinterlaces)
  }

  /// The compressed crops of a file's frames at `times`, and how many of the frames have a face.
  func crops(
    of video: VideoFile, _ source: Source, at times: [Int64]
  ) throws -> (crops: [[UInt8]], framesWithFace: Int) {
    let ledger = try ledger(of: source)
    let detecting = try detect.makePass(context, ledger: ledger)
    let tracking = track.makePass(context, ledger: ledger)
    let cropping = crop.makePass(context, ledger: ledger)
    var crops: [[UInt8]] = []
    var framesWithFace = 0
    func see(_ crop: Crop) throws { crops.append(try crop.encoded()) }
    func cut(_ frame: TrackedFrame) throws {
      framesWithFace += 1
      try cropping.process(frame, emit: see)
    }
    func follow(_ frame: DetectedFrame) throws { try tracking.process(frame, emit: cut) }
    var index = 0
    _ = try video.decode(times) { frame in
      try detecting.process(
        DecodedFrame(
          source: source, picture: frame.picture, pts: frame.pts, timeBase: frame.timeBase, index: index,
          originalPTS: nil, colour: frame.picture.colour), emit: follow)
      index += 1
    }
    try detecting.endSource(emit: follow)
    try tracking.endSource(emit: cut)
    try cropping.endSource(emit: see)
    return (crops, framesWithFace)
  }
}
