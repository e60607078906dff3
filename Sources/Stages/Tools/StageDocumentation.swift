package import Engine
private import Foundation
private import Records

/// `docs/stages.md`: what every stage does and takes, out of the descriptions that pipelines are checked against.
package enum StageDocumentation {
  /// The whole page, stages in the registry's order.
  ///
  /// - Throws: when a stage's defaults are not all of its fields.
  package static func markdown(_ registry: StageRegistry) throws -> String {
    let sections = try registry.stages.map { try section($0) }
    return ([introduction] + sections).joined(separator: "\n")
  }

  private static let introduction = """
    # Stages

    Written by `make docs` from the stages' own descriptions; a test compares. Under `stages:` of a pipeline each item is
    one stage and, below its name, the options that differ from the defaults. Every stage also takes `id`, which tells two
    stages of one name apart (lower-case letters, digits and hyphens; the name unless given).

    The grain says what a stage sees at a time: `source` one family (an original and its fakes), `sample` a batch of
    crops, `table` all records. The version is raised when the meaning of what a stage puts out changes.

    """

  private static func section<Body: Stage>(_ type: Body.Type) throws -> String {
    var facts = ["Grain: \(grain(type))", "counts \(Body.counted)", "version \(Body.version)"]
    if let table = type as? any TableStage.Type { facts += products(of: table) }
    let models = try Body(options: Body.Options()).modelFiles
    if !models.isEmpty { facts.append("model files by default: \(models.map { "`\($0)`" }.joined(separator: ", "))") }
    var lines = ["## \(Body.name)", "", Body.summary, "", facts.joined(separator: " · ") + ".", ""]
    let fields = Body.Options.fields
    if fields.isEmpty {
      lines.append("No options.")
    } else {
      let defaults = try JSONDecoder().decode(JSONValue.self, from: CanonicalJSON.data(Body.Options()))
      lines += ["| option | value | default | meaning |", "|---|---|---|---|"]
      for field in fields {
        guard let value = defaults[field.name] else {
          throw InternalFault("option '\(field.name)' of stage '\(Body.name)' has no default")
        }
        if case .group(let members, let defaults) = field.kind {
          lines += try members.map { try row($0, name: "\(field.name).\($0.name)", value: defaults[$0.name]) }
          continue
        }
        lines.append(try row(field, name: field.name, value: value))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line of the table of options.
  private static func row(_ field: OptionField, name: String, value: JSONValue?) throws -> String {
    let cells = [
      "`\(name)`", field.kind.expectation, "`\(try value.map { try text(of: $0) } ?? "")`", field.summary,
    ]
    return "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
  }

  private static func grain(_ type: any Stage.Type) -> String {
    type is any SourceStage.Type ? "source" : type is any SampleStage.Type ? "sample" : "table"
  }

  /// What a table stage needs, leaves and publishes.
  private static func products(of type: any TableStage.Type) -> [String] {
    var facts: [String] = []
    let needed = type.reads.filter(\.isRequired).map(\.kind.rawValue)
    let used = type.reads.filter { !$0.isRequired }.map(\.kind.rawValue)
    if !needed.isEmpty { facts.append("needs \(needed.joined(separator: ", "))") }
    if !used.isEmpty { facts.append("uses \(used.joined(separator: ", ")) where there") }
    if let kind = type.writes { facts.append("leaves \(kind.rawValue)") }
    if let folder = type.publishesTo { facts.append("publishes in `\(folder)` of the run") }
    return facts
  }

  /// A default as a pipeline would say it: one value where both labels have the same.
  private static func text(of value: JSONValue) throws -> String {
    if let real = value["real"], let fake = value["fake"] {
      let (real, fake) = (try text(of: real), try text(of: fake))
      return real == fake ? real : "{real: \(real), fake: \(fake)}"
    }
    if case .string(let text) = value { return text.isEmpty ? "\"\"" : text }
    return try CanonicalJSON.string(value).replacing("\"", with: "").replacing(",", with: ", ")
  }
}
