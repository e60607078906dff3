internal import Engine
private import Faces
private import Foundation
internal import Records

extension CropRecipe {
  /// The recipe that a pipeline's `detect` and `crop` follow: what shards and models carry and `infer` replays.
  init(_ inputs: TableInputs) throws {
    func options<Options: StageOptions>(_ name: String, _ type: Options.Type) throws -> Options {
      guard let entry = inputs.pipeline.stages.first(where: { $0.name == name }) else {
        throw InternalFault("the pipeline has no '\(name)' although it has crops")
      }
      return try JSONDecoder().decode(type, from: CanonicalJSON.data(entry.options))
    }
    let training = inputs.families.flatMap(\.sources).filter { $0.role == .train }
    try self.init(
      decode: options(DecodeStage.name, DecodeStage.Options.self),
      detect: options(DetectStage.name, DetectStage.Options.self),
      track: options(TrackStage.name, TrackStage.Options.self), crop: options(CropStage.name, CropStage.Options.self),
      input: !training.isEmpty && training.allSatisfy { $0.input == .face } ? .face : .frame)
  }

  /// What the options of the stages say.
  init(
    decode: DecodeStage.Options, detect: DetectStage.Options, track: TrackStage.Options, crop: CropStage.Options,
    input: InputKind
  ) throws {
    self.init(
      deinterlaces: decode.deinterlace, detector: detect.model, scoreThreshold: detect.score,
      detectionSidePixels: detect.side,
      detectionScale: detect.scale,
      minimumFacePixels: detect.minimumFace, boxesFrom: detect.boxesFrom, detectionInterval: detect.every,
      tracking: TrackingRecipe(
        overlap: track.overlap, maximumShift: track.maximumShift, maximumGap: track.maximumGap,
        sceneCut: track.sceneCut, interpolates: track.interpolate, interpolateSeconds: track.interpolateSeconds,
        minimumFrames: track.minimumFrames, sureScore: track.sureScore),
      faces: try crop.choice().rawValue, preset: crop.preset, cut: try crop.cut(), input: input)
  }
}

extension DetectStage.Options {
  /// What a recipe says; a lone file has no original to inherit from.
  init(_ recipe: CropRecipe) {
    self.init()
    (model, score, side) = (recipe.detector, recipe.scoreThreshold, recipe.detectionSidePixels)
    scale = recipe.detectionScale
    (minimumFace, every) = (recipe.minimumFacePixels, recipe.detectionInterval)
  }
}

extension TrackStage.Options {
  init(_ recipe: CropRecipe) {
    self.init()
    let tracking = recipe.tracking
    (overlap, maximumShift, maximumGap) = (tracking.overlap, tracking.maximumShift, tracking.maximumGap)
    (sceneCut, interpolate) = (tracking.sceneCut, tracking.interpolates)
    (interpolateSeconds, minimumFrames, sureScore) = (
      tracking.interpolateSeconds, tracking.minimumFrames, tracking.sureScore
    )
  }
}
