internal import Engine
internal import Foundation
internal import Models
private import Records
internal import Training

/// One fold of `train` by a contrastive recipe: the detector as any other, its projection head, and all steps.
struct ContrastivePart {
  let recipe: ContrastiveOptions.Recipe
  let options: TrainStage.Options
  let inputs: TableInputs
  let context: StageContext
  let name: ExpertName

  private var hasTeacher: Bool { ContrastiveOptions(recipe).hasTeacher }

  private static let modelFile = "expert.safetensors"
  private static let curveFile = "curve.json"
  private static let projectionFile = "projection.safetensors"
  private static let stepsFile = "steps.csv"
  private static let cardName = "expert"

  /// - Parameters:
  ///   - shards: what `shard` left.
  ///   - start: makes a detector with its first weights, given how pictures are prepared.
  func run(
    _ fold: FoldShards, shards: Product, seed: UInt64, output: URL,
    start: (ContrastiveStageOptions) throws -> DetectorModel
  ) throws {
    let chosen = options.contrastive
    let training = chosen.training(
      recipe, batch: options.batch, balance: TrainingOptions.Balance(rawValue: options.balance) ?? .label, seed: seed)
    let data = try pools(fold, shards: shards, seed: seed)
    let run = ContrastiveTraining(
      options: training, labelled: data.labelled, unlabelled: data.unlabelled, validation: data.validation,
      checkpoint: try TrainStage.checkpoint(
        options, seed: seed, context, data: shards.content, split: Digest(of: CanonicalJSON.data(fold)))
    ) { step, done, all in
      let loss = (step.classifierLoss ?? step.encoderLoss).map { String(format: ", loss %.3f", $0) } ?? ""
      context.progress(done, all, "\(step.phase) \(step.step)/\(step.steps)\(loss)")
    }
    func network(_ detector: DetectorModel, salt: UInt64) throws -> ContrastiveNetwork {
      let head = try ProjectionHead(
        from: detector.network.backbone.featureCount, to: chosen.projection, seed: seed &+ salt)
      return try ContrastiveNetwork(detector, projection: head, options: training)
    }
    let student = try network(start(chosen), salt: 0)
    let fitted = try fittedTeacher(training)
    let result = try run.run(
      student: student, teacher: !training.hasTeacher ? nil : fitted ?? network(start(chosen), salt: 1),
      teacherIsFitted: fitted != nil)
    try result.network.projection.save(to: output.appending(path: Self.projectionFile))
    try ExpertFiles.writeLines(
      [ContrastiveStep.header] + result.steps.map(\.row), to: output.appending(path: Self.stepsFile))
    try result.network.detector.save(
      to: output.appending(path: Self.modelFile),
      metadata: options.metadata(inputs, ["fold": "\(fold.fold)", "shards": shards.content.hex]))
    try FileSystem.writeJSON(result.phases, to: output.appending(path: Self.curveFile))
    let validation = data.validation
    let card = try ModelCard(
      name: inputs.pipeline.name, fold: fold.fold, result.network.detector, epochs: result.phases,
      keptEpoch: result.phases.count - 1, training: data.labelled.samples.map { .init($0) },
      validation: validation.samples.map { .init($0) },
      areas: ValidationAreas.of(result.network.detector, on: validation, seed: seed) { validation.judgement(of: $0) },
      options: options, seed: seed, licences: inputs.licences, crop: CropRecipe(inputs), shards: shards.content,
      file: output.appending(path: Self.modelFile))
    try card.write(to: output, as: Self.cardName)
  }

  /// What is trained on with and without labels, and what is validated on.
  private func pools(
    _ fold: FoldShards, shards: Product, seed: UInt64
  ) throws -> (labelled: ContrastiveShards, unlabelled: ContrastiveShards, validation: ContrastiveShards) {
    let chosen = options.contrastive
    let folder = shards.file("shards")
    func data(_ files: [String], _ views: [String]) throws -> ContrastiveShards {
      try ContrastiveShards(
        ShardTrainingData(files: files, in: folder, side: options.size, augmentations: views, seed: seed), seed: seed)
    }
    let views = [chosen.weak, chosen.strong]
    let training = try data(fold.training, views)
    let validation = try data(fold.validation, [])
    guard Set(training.samples.map(\.label)).count == 2 else {
      throw ToolError(.failed, "fold \(fold.fold) has \(training.count) crops to train on, not of both classes")
    }
    if chosen.unlabelled == "known" {
      let (part, rest) = training.divided(share: chosen.labelledShare, stage: "labelled")
      guard !hasTeacher || rest.count >= 2 else {
        throw ToolError(.failed, "`labelled-share` leaves \(rest.count) crops of fold \(fold.fold) without labels")
      }
      return (part, rest, validation)
    }
    let prefix = "\(Role.unlabelled.rawValue)-"
    let files = try FileSystem.names(in: folder).filter { $0.hasPrefix(prefix) && $0.hasSuffix(".tar") }.sorted()
    let unlabelled = try data(files, views)
    guard !hasTeacher || unlabelled.count >= 2 else {
      throw ToolError(
        .failed,
        "there are \(unlabelled.count) crops whose role is `unlabelled`; give a dataset that role, or hold-out a part as such"
      )
    }
    return (training, unlabelled, validation)
  }

  /// The networks of the stage that `teacher` names; `nil` where the teacher is to be fitted here.
  private func fittedTeacher(_ training: ContrastiveOptions) throws -> ContrastiveNetwork? {
    guard recipe == .supconMPL, let id = options.contrastive.teacherStage else { return nil }
    guard let product = inputs.products(.models).first(where: { $0.stageID == id }) else {
      throw InternalFault("no models of stage '\(id)' before train")
    }
    let detector = try DetectorModel.load(product.file("experts/\(name.modelFile)"))
    let projection = product.file("projections/\(name.modelFile)")
    guard FileSystem.exists(projection) else {
      throw ToolError(.badConfiguration, "stage '\(id)' has no projection heads; its recipe must be `supcon`")
    }
    return try ContrastiveNetwork(
      detector,
      projection: ProjectionHead.load(projection, from: detector.network.backbone.featureCount), options: training)
  }

  /// The detectors and projection heads of all parts.
  static func gather(_ parts: [String: URL], output: URL) throws -> TableOutcome {
    let experts = try parts.compactMap { part, folder -> ExpertFiles? in
      guard let name = ExpertName(part) else { return nil }
      let files = [
        (modelFile, "experts/\(name.modelFile)"), ("\(cardName).card.json", "experts/\(name).card.json"),
        ("\(cardName).card.md", "experts/\(name).card.md"), (projectionFile, "projections/\(name.modelFile)"),
      ]
      let phases = try FileSystem.readJSON([EpochMetrics].self, from: folder.appending(path: curveFile))
      let steps = try ExpertFiles.lines(folder.appending(path: stepsFile)).dropFirst()
      return ExpertFiles(
        name: name, copies: files.map { (folder.appending(path: $0), $1) }, epochs: phases,
        area: phases.last?.validationAUC, steps: steps.map { "\(name),\($0)" })
    }
    return try ExpertFiles.gather(experts, header: "expert,\(ContrastiveStep.header)", to: output)
  }
}
