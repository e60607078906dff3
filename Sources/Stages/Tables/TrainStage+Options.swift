private import Augmentation
package import Engine
internal import Models
private import Records
internal import Tensors
package import Training

extension TrainStage {
  package struct Options: StageOptions {
    package var recipe = "experts"
    package var joint = false
    package var backbones = [Backbone.efficientNetLite0.name]
    package var initialisation = "imagenet"
    package var size = 128
    package var epochs = 5
    package var batch = 32
    package var accumulation = 1
    package var optimiser = "adamw"
    package var momentum = 0.9
    package var sharpness = 0.0
    package var learningRate = 0.001
    package var backboneRate = 1.0
    package var schedule = "cosine"
    package var warmUp = 0.1
    package var fallEpochs = 3
    package var fallFactor = 0.5
    package var weightDecay = 0.01
    package var clip = 0.0
    package var dropout = 0.2
    package var labelSmoothing = 0.0
    package var classWeights = PerLabel(real: 1.0, fake: 1.0)
    package var losses = LossWeights()
    package var temperature = 0.1
    package var noise = "gaussian"
    package var noiseDeviation = 0.1
    package var ema = 0.995
    package var averageStatistics = "keep"
    package var augment = "light"
    package var balance = "dataset-x-label"
    package var freezeEpochs = 0
    package var earlyStop = 0
    package var epochCrops = 0
    package var keepEpochs = false
    package var freezeStatistics = false
    package var seeds: [Int] = []
    package var device = Device.Choice.cpu.rawValue
    package var contrastive = ContrastiveStageOptions()
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case recipe, joint, backbones, size, epochs, batch, accumulation, optimiser, momentum, schedule, clip, dropout,
        losses
      case temperature, noise, ema, augment, balance, seeds, device, contrastive
      case initialisation = "init"
      case sharpness = "sam"
      case learningRate = "learning-rate"
      case backboneRate = "backbone-rate"
      case warmUp = "warm-up"
      case fallEpochs = "fall-epochs"
      case fallFactor = "fall-factor"
      case weightDecay = "weight-decay"
      case labelSmoothing = "label-smoothing"
      case classWeights = "class-weights"
      case noiseDeviation = "noise-deviation"
      case averageStatistics = "ema-bn"
      case freezeEpochs = "freeze-epochs"
      case earlyStop = "early-stop"
      case epochCrops = "epoch-crops"
      case keepEpochs = "keep-epochs"
      case freezeStatistics = "freeze-bn"
    }

    package static let fields = [
      OptionField(
        "recipe",
        .choice(["experts", TrainStage.pretrain] + ContrastiveOptions.Recipe.allCases.map(\.rawValue)),
        "`experts`: one per fold. `pretrain`: one small detector on all training crops, before there are folds, for `embed: {model: stage:ID}`; docs/training.md. `cross-entropy`, `supcon`, `mpl`, `supcon-mpl`: one per fold, by steps; docs/supcon-mpl.md."
      ),
      OptionField(
        "joint", .bool,
        "`experts`: trains all in one part, the sum of their logits against the label; each on its own fold's crops."),
      OptionField(
        "backbones", .list(of: .choice(Backbone.names)),
        "Network of expert i: entry i, round and round; docs/models.md."
      ),
      OptionField(
        "init", .either(.either(.file, word: "imagenet"), word: "random"),
        "First weights, but for those of the head: a file's (safetensors, or a state dictionary of `torch.save`), the published ones, or drawn; never silently drawn."
      ),
      OptionField("size", .integer(32...1024), "Side of the network's input, pixels."),
      OptionField("epochs", .integer(1...10_000), "Times through the training shards, or through `epoch-crops`."),
      OptionField(
        "epoch-crops", .integer(0...1_000_000_000),
        "Crops of an epoch, whatever the fold has, so that folds are trained for the same number of steps; 0 is as many as it has."
      ),
      OptionField(
        "keep-epochs", .bool,
        "`experts`: leaves the averaged weights of every epoch too, in `experts/epochs`, for `evaluate: {epoch: N}`."),
      OptionField("batch", .integer(2...4096), "Crops of one step."),
      OptionField(
        "accumulation", .integer(1...2048),
        "Pieces that a batch goes through the network in: less memory, the same step."),
      OptionField("optimiser", .choice(TrainingOptions.OptimiserKind.allCases.map(\.rawValue)), "Rule of a step."),
      OptionField("momentum", .number(0...1), "Of `sgd`, Nesterov's."),
      OptionField(
        "sam", .number(0...10), "Radius of sharpness-aware minimisation around the optimiser; 0 does without."),
      OptionField("learning-rate", .number(1e-8...10), "Highest rate."),
      OptionField("backbone-rate", .number(0...10), "Times `learning-rate`, for all but the last layer."),
      OptionField(
        "schedule", .choice(LearningRateSchedule.Shape.allCases.map(\.rawValue)), "What follows the warm-up."),
      OptionField("warm-up", .number(0...1), "Part of all steps in which the rate rises."),
      OptionField(
        "fall-epochs", .integer(1...10_000), "`step`: epochs between falls. `plateau`: epochs waited for a better one."),
      OptionField("fall-factor", .number(0...1), "What a fall of `step` or `plateau` leaves of the rate."),
      OptionField("weight-decay", .number(0...1), "Of weights of convolutions and of the last layer."),
      OptionField("clip", .number(0...1e6), "Largest norm of the gradient; 0 does not clip."),
      OptionField("dropout", .number(0...0.99), "Chance that a feature is dropped before the last layer."),
      OptionField("label-smoothing", .number(0...0.99), "Part of a target that is spread over both classes."),
      OptionField("class-weights", .perLabel(.number(1e-6...1e6)), "Weights in cross entropy."),
      OptionField(
        "losses", .numbers(["ce", "nce", "kl"], 0...1e6),
        "Weights of cross entropy, InfoNCE anchored on reals, divergence under input noise; what is not named weighs 0."
      ),
      OptionField("temperature", .number(1e-3...100), "Of InfoNCE."),
      OptionField(
        "noise", .choice(InputNoise.Kind.allCases.map(\.rawValue)), "Under `kl`: independent, or where it hurts most."),
      OptionField("noise-deviation", .number(1e-6...100), "Its root mean square, in units of the normalised input."),
      OptionField("ema", .number(0...0.999999), "Decay of the moving average of weights, which is what is kept."),
      OptionField(
        "ema-bn", .choice(TrainingOptions.AverageStatistics.allCases.map(\.rawValue)),
        "Batch statistics beside averaged weights: those of training, or recomputed over 32 training batches."),
      OptionField(
        "augment", .choice(AugmentationPresets.names), "Transforms of training crops, drawn anew every epoch."),
      OptionField(
        "balance", .choice(["label", "dataset-x-label", "none"]),
        "`label` draws reals and fakes equally often, `dataset-x-label` within each the datasets, too."),
      OptionField("freeze-epochs", .integer(0...10_000), "First epochs in which only the last layer learns."),
      OptionField(
        "early-stop", .integer(0...10_000),
        "Epochs without a better validation on the own fold that end the run, the best being kept; 0 keeps the last."),
      OptionField(
        "freeze-bn", .bool,
        "Batch normalisation goes by the first weights' running statistics, which stay; its scales and shifts learn."),
      OptionField(
        "seeds", .list(of: .integer(0...1_000_000_000)),
        "One model per seed and fold, `experts/FOLD-sSEED.safetensors`; none for one by the run's seed."),
      OptionField(
        "device", .choice(Device.Choice.allCases.map(\.rawValue)),
        "Where networks are computed; `auto`: a GPU where libtorch sees one. docs/models.md."),
      OptionField(
        "contrastive", .group(of: ContrastiveStageOptions.self),
        "What `cross-entropy`, `supcon`, `mpl` and `supcon-mpl` have in place of epochs, rates and augmentation."),
    ]

    /// What a model of these options says of itself, beside `own`.
    func metadata(_ inputs: TableInputs, _ own: [String: String] = [:]) throws -> [String: String] {
      let common = [
        Inference.recipeKey: try CanonicalJSON.string(CropRecipe(inputs)),
        "training": try CanonicalJSON.string(self),
        "pipeline": inputs.pipeline.name,
      ]
      return common.merging(own) { $1 }
    }

    /// Where the networks are computed.
    ///
    /// - Throws: what to do, where `cuda` is asked for and absent.
    var place: Device {
      get throws { try Device(Device.Choice(rawValue: device) ?? .cpu) }
    }

    func training(seed: UInt64) -> TrainingOptions {
      var result = TrainingOptions(
        epochs: epochs, batchSize: batch, learningRate: learningRate, weightDecay: weightDecay, emaDecay: ema,
        warmUpFraction: warmUp, dropout: dropout, balance: TrainingOptions.Balance(rawValue: balance) ?? .label,
        freezeBackboneEpochs: freezeEpochs, seed: seed)
      result.accumulation = accumulation
      result.optimiser = TrainingOptions.OptimiserKind(rawValue: optimiser) ?? .adamw
      (result.momentum, result.sharpnessRadius) = (momentum, sharpness)
      result.backboneRate = backboneRate
      result.schedule = LearningRateSchedule.Shape(rawValue: schedule) ?? .cosine
      result.falls = .init(epochs: fallEpochs, factor: fallFactor)
      (result.clipNorm, result.labelSmoothing) = (clip, labelSmoothing)
      result.classWeights = [classWeights.real, classWeights.fake]
      (result.losses, result.temperature) = (losses, temperature)
      result.noise = InputNoise(kind: InputNoise.Kind(rawValue: noise) ?? .gaussian, deviation: noiseDeviation)
      result.averageStatistics = TrainingOptions.AverageStatistics(rawValue: averageStatistics) ?? .keep
      result.earlyStop = earlyStop
      (result.epochPictures, result.keepsEpochs) = (epochCrops, keepEpochs)
      result.freezesStatistics = freezeStatistics
      return result
    }
  }
}
