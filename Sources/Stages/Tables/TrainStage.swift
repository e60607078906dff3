private import Augmentation
package import Engine
package import Foundation
internal import Models
private import Records
internal import Training

/// `train`: fine-tunes one expert per fold, each a part of its own.
package struct TrainStage: TableStage {
  package struct Options: StageOptions {
    package var recipe = "experts"
    package var backbones = [Backbone.efficientNetLite0.name]
    package var initialisation = "imagenet"
    package var size = 128
    package var epochs = 5
    package var batch = 32
    package var learningRate = 0.001
    package var weightDecay = 0.01
    package var ema = 0.995
    package var augment = "light"
    package var balance = "label"
    package var freezeEpochs = 0
    package var contrastive = ContrastiveStageOptions()
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case recipe, backbones, size, epochs, batch, ema, augment, balance, contrastive
      case initialisation = "init"
      case learningRate = "learning-rate"
      case weightDecay = "weight-decay"
      case freezeEpochs = "freeze-epochs"
    }

    package static let fields = [
      OptionField(
        "recipe",
        .choice(["experts", TrainStage.pretrain] + ContrastiveOptions.Recipe.allCases.map(\.rawValue)),
        "`experts`: one per fold, cross entropy. `pretrain`: one small detector on all training crops, before there are folds, for `embed: {model: stage:ID}`. `cross-entropy`, `supcon`, `mpl`, `supcon-mpl`: one per fold, by steps, docs/supcon-mpl.md."
      ),
      OptionField(
        "backbones", .list(of: .choice(Backbone.names)),
        "Network of expert i: entry i, round and round; docs/models.md."
      ),
      OptionField(
        "init", .either(.either(.file, word: "imagenet"), word: "random"),
        "First weights, but for those of the head: a file's (safetensors, or a state dictionary of `torch.save`), the published ones, or drawn; never silently drawn."
      ),
      OptionField("size", .integer(32...1024), "Side of the network's input, pixels."),
      OptionField("epochs", .integer(1...10_000), "Times through the training shards."),
      OptionField("batch", .integer(2...4096), "Crops of one step."),
      OptionField(
        "learning-rate", .number(1e-8...10), "Highest AdamW rate; rises for a tenth of the steps, falls as a cosine."),
      OptionField("weight-decay", .number(0...1), "AdamW weight decay."),
      OptionField("ema", .number(0...0.999999), "Decay of the moving average of weights, which is what is kept."),
      OptionField(
        "augment", .choice(AugmentationPresets.names), "Transforms of training crops, drawn anew every epoch."),
      OptionField("balance", .choice(["label", "none"]), "`label` draws reals and fakes equally often."),
      OptionField("freeze-epochs", .integer(0...10_000), "First epochs in which only the last layer learns."),
      OptionField(
        "contrastive", .group(of: ContrastiveStageOptions.self),
        "What `cross-entropy`, `supcon`, `mpl` and `supcon-mpl` have in place of epochs, rates and augmentation."),
    ]
  }

  package static let name = "train"
  package static let version = 1
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
    self.options = options
    backbones = try options.backbones.map { try Backbone.named($0) }
    try options.contrastive.check()
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
  private func model(
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
    return try DetectorModel(
      backbone, weights: weights,
      preprocessing: contrastive?.preprocessing(of: backbone, sizePixels: options.size)
        ?? backbone.preprocessing(sizePixels: options.size))
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
    return try FoldShards.all(of: shards(inputs)).map { String($0.fold) }
  }

  package func runPart(_ part: String, inputs: TableInputs, output: URL, context: StageContext) throws {
    let product = try shards(inputs)
    guard let fold = try FoldShards.all(of: product).first(where: { String($0.fold) == part }) else {
      throw InternalFault("no fold '\(part)'")
    }
    let folder = product.file("shards")
    let seed = context.seed &+ UInt64(fold.fold)
    if let recipe = contrastive {
      let work = ContrastivePart(recipe: recipe, options: options, inputs: inputs, context: context)
      let result = try work.run(fold, shards: product, seed: seed, output: output) {
        try model(number: fold.fold, seed: seed, context: context, contrastive: $0)
      }
      return try save(result.model, result.phases, part: part, shards: product, inputs: inputs, to: output)
    }
    func data(_ files: [String], augmentation: String?) throws -> ShardTrainingData {
      try ShardTrainingData(files: files, in: folder, side: options.size, augmentation: augmentation, seed: seed)
    }
    let training = try data(fold.training, augmentation: options.augment)
    let validation = try data(fold.validation, augmentation: nil)
    let result = try ExpertTraining.run(
      training: training, validation: validation, model: model(number: fold.fold, seed: seed, context: context),
      options: Self.trainingOptions(options, seed: seed), onProgress: Self.report(options, to: context))
    try save(result.model, result.epochs, part: part, shards: product, inputs: inputs, to: output)
  }

  /// Writes what a part leaves.
  private func save(
    _ model: DetectorModel, _ epochs: [EpochMetrics], part: String, shards product: Product, inputs: TableInputs,
    to output: URL
  ) throws {
    try model.save(
      to: output.appending(path: "expert.safetensors"),
      metadata: [
        Inference.recipeKey: try CanonicalJSON.string(CropRecipe(inputs)),
        "fold": part,
        "shards": product.content.hex,
        "training": try CanonicalJSON.string(options),
        "pipeline": inputs.pipeline.name,
      ])
    try FileSystem.writeJSON(epochs, to: output.appending(path: "curve.json"))
  }

  package func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    if isPretraining {
      let model = try model(number: 0, seed: context.seed, context: context)
      return try Pretraining(options: options, inputs: inputs, context: context).run(model, output: output)
    }
    try FileSystem.makeFolder(output.appending(path: "experts"))
    var rows = ["expert,epoch,learning_rate,training_loss,validation_loss,validation_auc"]
    var finals: [String] = []
    let ordered = parts.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
    for (part, folder) in ordered {
      try FileManager.default.copyItem(
        at: folder.appending(path: "expert.safetensors"), to: output.appending(path: "experts/\(part).safetensors"))
      let curve = try FileSystem.readJSON([EpochMetrics].self, from: folder.appending(path: "curve.json"))
      rows += curve.map { epoch in
        "\(part),\(epoch.epoch),\(epoch.learningRate),\(epoch.trainingLoss),"
          + "\(epoch.validationLoss.map { "\($0)" } ?? ""),\(epoch.validationAUC.map { "\($0)" } ?? "")"
      }
      finals.append(curve.last?.validationAUC.map { String(format: "%.3f", $0) } ?? "none")
    }
    try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: output.appending(path: "metrics.csv"))
    if contrastive != nil {
      try ContrastivePart.collect(ordered.map { (fold: $0.key, folder: $0.value) }, into: output)
    }
    guard !ordered.isEmpty else { return TableOutcome(summary: ["no folds, so no experts"]) }
    return TableOutcome(
      summary: ["\(ordered.count) experts; frame AUC of each on its own fold: \(finals.joined(separator: ", "))"])
  }

  static func trainingOptions(_ options: Options, seed: UInt64) -> TrainingOptions {
    TrainingOptions(
      epochs: options.epochs, batchSize: options.batch, learningRate: options.learningRate,
      weightDecay: options.weightDecay, emaDecay: options.ema, balance: options.balance == "label" ? .label : .none,
      freezeBackboneEpochs: options.freezeEpochs, seed: seed)
  }

  /// What tells of a run's steps.
  static func report(_ options: Options, to context: StageContext) -> (TrainingProgress) -> Void {
    { progress in
      let loss = String(format: "%.3f", progress.loss)
      context.progress(progress.step, progress.steps, "epoch \(progress.epoch + 1)/\(options.epochs), loss \(loss)")
    }
  }

  private func shards(_ inputs: TableInputs) throws -> Product {
    guard let product = inputs.product(.shards) else { throw InternalFault("no shards before train") }
    return product
  }
}
