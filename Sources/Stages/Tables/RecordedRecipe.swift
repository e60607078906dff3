internal import Engine
private import Foundation
internal import Records

extension CropRecipe {
  /// The recipe that a pipeline's `detect` and `crop` follow: what shards and models carry and `infer` replays.
  init(_ pipeline: PipelineSpec) throws {
    func options<Options: StageOptions>(_ name: String, _ type: Options.Type) throws -> Options {
      guard let entry = pipeline.stages.first(where: { $0.name == name }) else {
        throw InternalFault("the pipeline has no '\(name)' although it has crops")
      }
      return try JSONDecoder().decode(type, from: CanonicalJSON.data(entry.options))
    }
    let detect = try options(DetectStage.name, DetectStage.Options.self)
    let crop = try options(CropStage.name, CropStage.Options.self)
    self.init(
      detector: detect.model, scoreThreshold: detect.score, detectionSidePixels: detect.side,
      minimumFacePixels: detect.minimumFace, margin: crop.margin,
      sizePixels: crop.size, encoding: crop.encoding)
  }
}
