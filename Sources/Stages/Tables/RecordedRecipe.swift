internal import Engine
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
    self.init(
      try options(DetectStage.name, DetectStage.Options.self), try options(CropStage.name, CropStage.Options.self),
      input: !training.isEmpty && training.allSatisfy { $0.input == .face } ? .face : .frame)
  }

  /// The part that matters once faces are found.
  init(cutting crop: CropStage.Options) { self.init(DetectStage.Options(), crop, input: .frame) }

  /// What the options of the two stages say.
  init(_ detect: DetectStage.Options, _ crop: CropStage.Options, input: InputKind) {
    self.init(
      detector: detect.model, scoreThreshold: detect.score, detectionSidePixels: detect.side,
      minimumFacePixels: detect.minimumFace, margin: crop.margin, sizePixels: crop.size, encoding: crop.encoding,
      faces: crop.faces, input: input)
  }
}
