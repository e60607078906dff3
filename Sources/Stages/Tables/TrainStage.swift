package import Engine
package import Foundation
internal import Models
internal import Records
private import Tensors
internal import Training

/// `train`: fine-tunes one expert per fold, each a part of its own.
package struct TrainStage: TableStage {
  package static let name = "train"
  package static let version = 2
  package static let summary = "Fits one detector per fold; safetensors with timm's names and the crop recipe inside."
  package static let reads: [ProductRequirement] = [.optional(.pipeline), .required(.shards)]
  package static let writes: ProductKind? = .models
  package static let publishesTo: String? = "models"
  static let pretrain = "pretrain"
  let options: Options
  private let backbones: [Backbone]

  package init(options: Options) throws {
    guard !options.backbones.isEmpty else {
      throw ToolError(.badConfiguration, "`backbones` names at least one network")
    }
    guard options.recipe == "experts" || !options.joint else {
      throw ToolError(.badConfiguration, "`joint` is for the recipe `experts`")
    }
    self.options = options
    backbones = try options.backbones.map { try Backbone.named($0) }
    try options.contrastive.check()
    guard Set(options.seeds).count == options.seeds.count else {
      throw ToolError(.badConfiguration, "`seeds` names one seed twice: \(options.seeds)")
    }
    guard options.seeds.isEmpty || options.recipe != Self.pretrain else {
      throw ToolError(.badConfiguration, "`seeds` is for recipes with one model per fold")
    }
    guard options.device != "cuda" || ["experts", Self.pretrain].contains(options.recipe) else {
      throw ToolError(
        .badConfiguration, "the recipe `\(options.recipe)` is computed on the CPU; take `device: cuda` out")
    }
    let isFile = !["imagenet", "random"].contains(options.initialisation)
    guard !isFile || Set(backbones.map(\.name)).count == 1 else {
      throw ToolError(.badConfiguration, "`init` is a file, which holds one network, and `backbones` names several")
    }
  }

  package var modelFiles: [String] {
    switch options.initialisation {
    case "random": []
    case "imagenet": Set(backbones.map(\.imageNet.file)).sorted()
    default: [options.initialisation]
    }
  }

  package func remedy(forModelFile file: String, path: String) -> String {
    Backbone.remedy(forImageNetFile: file, path: path)
  }

  /// The network of expert `number`, round and round, with its first weights.
  func model(
    number: Int, seed: UInt64, context: StageContext, contrastive: ContrastiveStageOptions? = nil
  ) throws -> DetectorModel {
    let backbone = backbones[number % backbones.count]
    let weights: Weights =
      switch options.initialisation {
      case "random": .random(seed: seed)
      case "imagenet":
        .fileWithNewHead(context.modelsFolder.appending(path: backbone.imageNet.file), seed: seed)
      default: .fileWithNewHead(URL(filePath: options.initialisation), seed: seed)
      }
    let model = try DetectorModel(
      backbone, weights: weights,
      preprocessing: contrastive?.preprocessing(of: backbone, sizePixels: options.size)
        ?? backbone.preprocessing(sizePixels: options.size))
    if contrastive == nil { try model.network.move(to: options.place) }
    return model
  }

  private var isPretraining: Bool { options.recipe == Self.pretrain }
  private var contrastive: ContrastiveOptions.Recipe? { ContrastiveOptions.Recipe(rawValue: options.recipe) }
  package var needs: [ProductRequirement] {
    if isPretraining { return [.optional(.pipeline)] }
    guard contrastive == .supconMPL, let teacher = options.contrastive.teacherStage else { return Self.reads }
    return Self.reads + [.required(.models, of: teacher)]
  }
  package var leaves: ProductKind? { isPretraining ? .probes : Self.writes }

  package func parts(_ inputs: TableInputs) throws -> [String] {
    if isPretraining { return [] }
    let folds = try FoldShards.all(of: shards(inputs))
    let seeds: [Int?] = options.seeds.isEmpty ? [nil] : options.seeds
    if options.joint { return folds.isEmpty ? [] : seeds.map(Self.jointPart) }
    return folds.flatMap { fold in seeds.map { ExpertName(fold: fold.fold, seed: $0).description } }
  }

  package func runPart(_ part: String, inputs: TableInputs, output: URL, context: StageContext) throws {
    let product = try shards(inputs)
    let name = ExpertName(part)
    let ownSeed = name.map(\.seed) ?? options.seeds.first { Self.jointPart($0) == part }
    let folds = try FoldShards.all(of: product).filter { name == nil || $0.fold == name?.fold }
    guard let first = folds.first else { throw InternalFault("no fold '\(part)'") }
    let base = ownSeed.map { UInt64($0) } ?? context.seed
    let seed = base &+ (name == nil ? 0 : UInt64(first.fold))
    if let contrastive {
      let work = ContrastivePart(
        recipe: contrastive, options: options, inputs: inputs, context: context,
        name: ExpertName(fold: first.fold, seed: ownSeed))
      return try work.run(first, shards: product, seed: seed, output: output) {
        try model(number: first.fold, seed: seed, context: context, contrastive: $0)
      }
    }
    let fitting = ExpertFitting(
      options: options, folder: product.file("shards"), shards: product.content, inputs: inputs, seed: seed,
      ownSeed: ownSeed)
    try fitting.run(folds, output: output, context: context) { fold in
      try model(number: fold, seed: base &+ UInt64(fold), context: context)
    }
  }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    if isPretraining {
      let model = try model(number: 0, seed: context.seed, context: context)
      return try Pretraining(options: options, inputs: inputs, context: context).run(model, output: output)
    }
    if contrastive != nil { return try ContrastivePart.gather(parts, output: output) }
    return try ExpertFitting.gather(Array(parts.values), output: output)
  }

  /// Name of the part that trains all experts together, one for each of `seeds`.
  private static func jointPart(_ seed: Int?) -> String { seed.map { "joint-s\($0)" } ?? "joint" }

  /// What tells of a run's steps.
  static func report(_ options: Options, to context: StageContext) -> (TrainingProgress) -> Void {
    { progress in context.progress(progress.step, progress.steps, progress.line(epochs: options.epochs)) }
  }

  /// Where a run puts by how far it has come; another run's is refused.
  static func checkpoint(
    _ options: Options, seed: UInt64, _ context: StageContext, data: Digest, split: Digest
  ) throws -> CheckpointPlace? {
    guard let scratch = context.scratch else { return nil }
    try FileSystem.makeFolder(scratch)
    return CheckpointPlace(
      file: scratch.appending(path: "checkpoint.safetensors"),
      identity: [
        "code": "train \(version)", "data": data.hex, "options": try CanonicalJSON.string(options), "seed": "\(seed)",
        "split": split.hex,
      ])
  }

  private func shards(_ inputs: TableInputs) throws -> Product {
    guard let product = inputs.product(.shards) else { throw InternalFault("no shards before train") }
    return product
  }
}
