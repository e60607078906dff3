/// Finds stages that stand where they cannot work.
enum StageOrder {
  /// Index of the entry and the message, for each problem.
  static func problems(_ entries: [PipelineSpec.StageEntry], registry: StageRegistry) -> [(Int, String)] {
    let types = entries.compactMap { registry[$0.name] }
    guard types.count == entries.count else { return [] }
    var problems: [(Int, String)] = []
    let sourceCount = types.prefix { $0 is any SourceStage.Type }.count
    for (index, type) in types.enumerated().dropFirst(sourceCount) where type is any SourceStage.Type {
      problems.append(
        (
          index,
          "stage '\(entries[index].id)' works on videos and must stand before '\(entries[sourceCount].id)', which works on samples"
        ))
    }
    let chain = zip(entries, types).prefix(sourceCount).compactMap { entry, type in
      (type as? any SourceStage.Type).map { (id: entry.id, type: $0) }
    }
    if let mismatch = SourceChain.mismatch(chain) { problems.append((mismatch.index, mismatch.message)) }

    var available: [(kind: ProductKind, stage: String)] = []
    var addsSamples: String?
    for (index, type) in types.enumerated() {
      // Options that no stage can be made of are reported elsewhere.
      let stage = try? registry.make(entries[index])
      for requirement in needs(type, stage)
      where requirement.isRequired && !available.contains(where: { requirement.isMet(by: $0.kind, of: $0.stage) }) {
        let makers = registry.stages.filter { writes($0) == requirement.kind }.map { "'\($0.name)'" }
        let kind = requirement.kind.rawValue
        let needed =
          requirement.stageID.map { "\(kind) of a stage '\($0)', and no stage of that id before it leaves any" }
          ?? "\(kind); put \(makers.joined(separator: " or ")) before it"
        problems.append((index, "stage '\(entries[index].id)' needs \(needed)"))
      }
      if let kind = (stage as? any TableStage).map(\.leaves) ?? writes(type) {
        available.append((kind, entries[index].id))
      }
      if let adder = addsSamples, (type as? any SampleStage.Type)?.puts == .features {
        problems.append(
          (index, "stage '\(entries[index].id)' must stand before '\(adder)', whose samples it would not describe"))
      }
      if (type as? any SampleStage.Type)?.puts == .samples { addsSamples = entries[index].id }
    }
    return problems
  }

  /// What a stage uses, with its options where it can be made.
  private static func needs(_ type: any Stage.Type, _ stage: (any Stage)?) -> [ProductRequirement] {
    if let table = stage as? any TableStage { return table.needs }
    if let sample = stage as? any SampleStage { return sample.needs }
    return (type as? any TableStage.Type)?.reads ?? []
  }

  static func writes(_ type: any Stage.Type) -> ProductKind? {
    if let table = type as? any TableStage.Type { return table.writes }
    if let sample = type as? any SampleStage.Type, sample.puts == .features { return .features }
    return nil
  }
}
