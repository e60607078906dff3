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

    var available: Set<ProductKind> = []
    var addsSamples: String?
    for (index, type) in types.enumerated() {
      if let table = type as? any TableStage.Type {
        // Options that no stage can be made of are reported elsewhere.
        let stage = (try? registry.make(entries[index])) as? any TableStage
        for requirement in stage?.needs ?? table.reads
        where requirement.isRequired && !available.contains(requirement.kind) {
          let makers = registry.stages.filter { writes($0) == requirement.kind }.map { "'\($0.name)'" }
          problems.append(
            (
              index,
              "stage '\(entries[index].id)' needs \(requirement.kind.rawValue); put \(makers.joined(separator: " or ")) before it"
            ))
        }
      }
      if let kind = writes(type) { available.insert(kind) }
      if let adder = addsSamples, (type as? any SampleStage.Type)?.puts == .features {
        problems.append(
          (index, "stage '\(entries[index].id)' must stand before '\(adder)', whose samples it would not describe"))
      }
      if (type as? any SampleStage.Type)?.puts == .samples { addsSamples = entries[index].id }
    }
    return problems
  }

  static func writes(_ type: any Stage.Type) -> ProductKind? {
    if let table = type as? any TableStage.Type { return table.writes }
    if let sample = type as? any SampleStage.Type, sample.puts == .features { return .features }
    return nil
  }
}
