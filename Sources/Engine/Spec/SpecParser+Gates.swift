internal import Yams

/// `gates:`, and the stages that are gates.
extension SpecParser {
  /// The values of `gates:` by name.
  mutating func gates(_ node: Node) -> [String: Node] {
    members(of: node, allowed: ["lost-frames"] + registry.gates.map { $0.type.name }, what: "`gates`")
  }

  func isGate(_ type: any Stage.Type) -> Bool { (type as? any TableStage.Type)?.gate != nil }

  /// The listed stages and, behind the last of those on videos, those that are gates.
  mutating func withGates(
    _ listed: [PipelineSpec.StageEntry], _ values: [String: Node]
  ) -> [PipelineSpec.StageEntry] {
    let place = listed.prefix { registry[$0.name] is any SourceStage.Type }.count
    guard place > 0 else { return listed }
    var gates: [PipelineSpec.StageEntry] = []
    for (type, gate) in registry.gates {
      guard !listed.contains(where: { $0.id == type.name }) else {
        report(nil, "the id '\(type.name)' belongs to a stage that runs in every pipeline; choose another `id`")
        continue
      }
      if let entry = entry(of: type, option: gate.option, value: values[type.name]) { gates.append(entry) }
    }
    return listed[..<place] + gates + listed[place...]
  }

  private mutating func entry<Body: TableStage>(
    of type: Body.Type, option: String, value: Node?
  ) -> PipelineSpec.StageEntry? {
    var options: [String: JSONValue]
    do { options = try StageOptionsCoding.defaults(of: Body.Options.self) } catch {
      report(value, "\(error)")
      return nil
    }
    if let value, let field = Body.Options.fields.first(where: { $0.name == option }) {
      if let read = OptionReader.value(value, field.kind) {
        options[option] = read
      } else {
        report(value, "`\(Body.name)` of `gates` is \(field.kind.expectation)")
      }
    }
    return PipelineSpec.StageEntry(id: Body.name, name: Body.name, options: .object(options))
  }
}
