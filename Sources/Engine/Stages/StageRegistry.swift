/// The stages that pipelines may name: an explicit list, in pipeline order.
package struct StageRegistry: Sendable {
  package let stages: [any Stage.Type]

  /// - Requires: unique names.
  package init(_ stages: [any Stage.Type]) {
    precondition(Set(stages.map { $0.name }).count == stages.count, "two stages share a name")
    self.stages = stages
  }

  package var names: [String] { stages.map { $0.name } }
  package subscript(_ name: String) -> (any Stage.Type)? { stages.first { $0.name == name } }

  /// The stages that are gates.
  var gates: [(type: any TableStage.Type, gate: StageGate)] {
    stages.compactMap { stage in
      (stage as? any TableStage.Type).flatMap { type in type.gate.map { (type, $0) } }
    }
  }

  /// Makes the stage of a checked entry.
  package func make(_ entry: PipelineSpec.StageEntry) throws -> any Stage {
    guard let type = self[entry.name] else { throw InternalFault("no stage '\(entry.name)' in this build") }
    return try Self.make(type, options: entry.options)
  }

  /// Makes a stage of `type` from all its options.
  static func make<Body: Stage>(_ type: Body.Type, options: JSONValue) throws -> Body {
    try Body(options: StageOptionsCoding.decode(Body.Options.self, from: options))
  }
}

/// Which of the three grains a stage is of.
package enum Grain: String, Codable, Sendable {
  case source, sample, table

  init(_ type: any Stage.Type) {
    self = type is any SourceStage.Type ? .source : type is any SampleStage.Type ? .sample : .table
  }
}
