package import Foundation
private import Records
internal import Yams

/// Reads a pipeline file strictly: every unknown or duplicate key, wrong type, range and impossible order is reported, all
/// at once, each with its line and column.
package struct SpecParser {
  let registry: StageRegistry
  /// Names in datasets.toml, for the check of `datasets`; `nil` where that file could not be read.
  let datasetNames: [String]?
  /// Path as the user wrote it, for messages.
  let file: String
  /// Folder of the file: paths in options are relative to it.
  let folder: URL
  let lines: [Substring]
  var diagnostics: [Diagnostic] = []

  /// Parses `text`, the content of the pipeline file at `url`.
  ///
  /// - Parameter overrides: `--set` values, `stage.option=value` each, applied before the check.
  /// - Throws: ``ToolError`` with status 78 and all diagnostics.
  package static func parse(
    _ text: String, file: String, url: URL, registry: StageRegistry, datasetNames: [String]?, overrides: [String] = []
  ) throws -> PipelineSpec {
    var parser = SpecParser(
      registry: registry, datasetNames: datasetNames, file: file, folder: url.deletingLastPathComponent(),
      lines: text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline))
    let spec = try parser.spec(text, url: url, overrides: overrides)
    guard parser.diagnostics.isEmpty, let spec else { throw ToolError(parser.diagnostics) }
    return spec
  }

  mutating func report(_ node: Node?, _ message: String) {
    guard let mark = node?.mark else {
      diagnostics.append(Diagnostic(file: file, message: message))
      return
    }
    let line = mark.line >= 1 && mark.line <= lines.count ? String(lines[mark.line - 1]) : nil
    diagnostics.append(
      Diagnostic(file: file, line: mark.line, column: mark.column, message: message, sourceLine: line))
  }

  private mutating func spec(_ yaml: String, url: URL, overrides: [String]) throws -> PipelineSpec? {
    let root: Node
    do {
      guard let node = try Yams.compose(yaml: yaml) else {
        diagnostics.append(
          Diagnostic(
            file: file, message: "the file is empty; a pipeline needs at least `version`, `datasets` and `stages`"))
        return nil
      }
      root = node
    } catch let error as YamlError {
      diagnostics.append(Self.diagnostic(error, file: file, lines: lines))
      return nil
    }
    let top = members(
      of: root, allowed: ["version", "name", "seed", "datasets", "hold-out", "output", "tolerance", "gates", "stages"],
      what: "the pipeline")
    if let version = require("version", in: top, of: root) { _ = integer(version, 1...1, "version") }
    let name = top["name"].flatMap { text(of: $0, "name") } ?? url.deletingPathExtension().lastPathComponent
    let seed = top["seed"].flatMap { integer($0, 0...Int.max, "seed") } ?? 0
    let datasets = require("datasets", in: top, of: root).map { self.datasets($0) } ?? []
    let holdOut = top["hold-out"].map { self.holdOut($0, datasets: datasets.map(\.name)) } ?? .init()
    let output = top["output"].flatMap { self.text(of: $0, "output") } ?? "../runs/\(name)"
    let tolerances = top["tolerance"].map { members(of: $0, allowed: ["failed-sources"], what: "`tolerance`") } ?? [:]
    let tolerance = tolerances["failed-sources"].flatMap { share($0, "failed-sources") } ?? 0.05
    let gates = top["gates"].map { self.gates($0) } ?? [:]
    let lostFrames = gates["lost-frames"].flatMap { share($0, "lost-frames") } ?? 0.25
    let listed = require("stages", in: top, of: root).map { self.stages($0, overrides: overrides) } ?? []
    let stages = withGates(listed, gates)
    return PipelineSpec(
      name: name, seed: UInt64(seed), datasets: datasets, holdOut: holdOut,
      failedSourcesTolerance: tolerance, lostFramesGate: lostFrames,
      output: URL(filePath: output, relativeTo: folder).standardizedFileURL.path(percentEncoded: false), stages: stages)
  }

  // MARK: - Parts of the file

  private mutating func datasets(_ node: Node) -> [PipelineSpec.DatasetEntry] {
    guard case .sequence(let sequence) = node, !sequence.isEmpty else {
      report(node, "`datasets` is a list of `{name: ..., role: train | test | unlabelled}`")
      return []
    }
    var entries: [PipelineSpec.DatasetEntry] = []
    for item in sequence {
      let members = members(of: item, allowed: ["name", "role"], what: "a dataset")
      guard let nameNode = require("name", in: members, of: item), let name = text(of: nameNode, "name") else {
        continue
      }
      if let datasetNames, !datasetNames.contains(name) {
        report(nameNode, "no dataset '\(name)' in datasets.toml\(suggestion(name, datasetNames))")
      }
      if entries.contains(where: { $0.name == name }) { report(nameNode, "dataset '\(name)' is listed twice") }
      var role = Role.train
      if let roleNode = members["role"], let text = text(of: roleNode, "role") {
        if let known = Role(rawValue: text), Role.assignable.contains(known) {
          role = known
        } else {
          report(
            roleNode,
            "role '\(text)' is none of train, test, unlabelled\(suggestion(text, Role.assignable.map(\.rawValue)))")
        }
      }
      entries.append(.init(name: name, role: role))
    }
    return entries
  }

  private mutating func holdOut(_ node: Node, datasets: [String]) -> PipelineSpec.HoldOut {
    let members = members(
      of: node, allowed: ["official-test", "domains", "datasets", "methods", "unlabelled"], what: "`hold-out`")
    var holdOut = PipelineSpec.HoldOut()
    if let value = members["official-test"] {
      if let bool = value.bool {
        holdOut.officialTest = bool
      } else {
        report(value, "`official-test` is true or false")
      }
    }
    holdOut.domains = names(members["domains"], "domains")
    holdOut.datasets = names(members["datasets"], "datasets")
    holdOut.methods = names(members["methods"], "methods")
    for name in holdOut.datasets where !datasets.contains(name) {
      report(
        members["datasets"],
        "`hold-out` names dataset '\(name)', which is not one of the pipeline\(suggestion(name, datasets))")
    }
    if let value = members["unlabelled"] { holdOut.unlabelled = unlabelled(value, datasets: datasets) }
    return holdOut
  }

  private mutating func unlabelled(_ node: Node, datasets: [String]) -> PipelineSpec.UnlabelledPart? {
    let members = members(of: node, allowed: ["share", "datasets", "methods"], what: "`unlabelled`")
    guard let value = require("share", in: members, of: node), let share = share(value, "share") else { return nil }
    guard share > 0, share < 1 else {
      report(value, "`share` is above 0% and below 100%, so that there is something to test")
      return nil
    }
    let part = PipelineSpec.UnlabelledPart(
      share: share, datasets: names(members["datasets"], "datasets"), methods: names(members["methods"], "methods"))
    for name in part.datasets where !datasets.contains(name) {
      report(
        members["datasets"],
        "`unlabelled` names dataset '\(name)', which is not one of the pipeline\(suggestion(name, datasets))")
    }
    return part
  }

  /// A list of names, sorted.
  private mutating func names(_ node: Node?, _ key: String) -> [String] {
    guard let node else { return [] }
    guard case .array(let values) = OptionReader.value(node, .list(of: .text)) else {
      report(node, "`\(key)` is a list of names")
      return []
    }
    return values.compactMap { if case .string(let name) = $0 { name } else { nil } }.sorted()
  }

  /// A share such as 5%.
  private mutating func share(_ value: Node, _ name: String) -> Double? {
    if let text = value.string, text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent)
    {
      return percent / 100
    }
    report(value, "`\(name)` is a share such as 5%, from 0% to 100%")
    return nil
  }

  private mutating func stages(_ node: Node, overrides: [String]) -> [PipelineSpec.StageEntry] {
    guard case .sequence(let sequence) = node, !sequence.isEmpty else {
      report(node, "`stages` is a list, each item one stage: `- decode: {frames: 32}`")
      return []
    }
    var entries: [PipelineSpec.StageEntry] = []
    var nodes: [Node] = []
    var overrides = StageOverrides(overrides)
    let declared = sequence.map { Self.declaredNames($0) }
    for item in sequence {
      guard case .mapping(let mapping) = item, mapping.count == 1, let (key, value) = mapping.first,
        let name = key.string
      else {
        report(item, "one stage per item, its options below it: `- decode: {frames: 32}`")
        continue
      }
      guard let type = registry[name] else {
        report(key, "unknown stage '\(name)'\(suggestion(name, registry.names))")
        continue
      }
      if isGate(type) {
        report(key, "'\(name)' runs in every pipeline as soon as samples exist; `gates: {\(name): ...}` sets its limit")
        continue
      }
      let (id, options) = self.options(
        of: type, node: value, overrides: &overrides, declared: declared.compactMap { $0 })
      if let previous = entries.first(where: { $0.id == id }) {
        report(
          key,
          previous.name == name && id == name
            ? "stage '\(name)' appears twice: give each an `id`"
            : "two stages have the id '\(id)'")
      }
      entries.append(.init(id: id, name: name, options: .object(options)))
      nodes.append(key)
    }
    for message in overrides.complaints(declared: declared.compactMap { $0 }) {
      diagnostics.append(Diagnostic(file: "--set", message: message))
    }
    if entries.count == sequence.count {
      for (index, message) in StageOrder.problems(entries, registry: registry) { report(nodes[index], message) }
    }
    return entries
  }

  /// (id, name) of a stage item, as far as they can be told.
  private static func declaredNames(_ item: Node) -> (id: String, name: String)? {
    guard case .mapping(let mapping) = item, let (key, value) = mapping.first, let name = key.string else { return nil }
    if case .mapping(let options) = value, let id = options["id"]?.string { return (id, name) }
    return (name, name)
  }

  private mutating func options<Body: Stage>(
    of type: Body.Type, node: Node, overrides: inout StageOverrides, declared: [(id: String, name: String)]
  ) -> (id: String, options: [String: JSONValue]) {
    let fields = Body.Options.fields
    let before = diagnostics.count
    let isEmpty = node.null != nil || node.string == ""
    var given = isEmpty ? [:] : members(of: node, allowed: fields.map(\.name) + ["id"], what: "stage '\(Body.name)'")
    var id = Body.name
    if let idNode = given.removeValue(forKey: "id") {
      if let text = text(of: idNode, "id"), text.wholeMatch(of: /[a-z0-9][a-z0-9-]*/) != nil {
        id = text
      } else {
        report(idNode, "an `id` is lower-case letters, digits and hyphens")
      }
    }
    var values: [String: JSONValue]
    do { values = try StageOptionsCoding.defaults(of: Body.Options.self) } catch {
      report(node, "\(error)")
      return (id, [:])
    }
    let names = fields.map(\.name)
    var overridden: Set<String> = []
    for value in overrides.take(id: id, name: Body.name, declared: declared) {
      let option = value.option
      if names.contains(option) {
        given[option] = value.placed(in: given[option])
        overridden.insert(option)
      } else {
        diagnostics.append(
          Diagnostic(file: "--set", message: "stage '\(id)' has no option '\(option)'\(suggestion(option, names))"))
      }
    }
    for field in fields {
      guard let node = given[field.name] else { continue }
      if let value = OptionReader.value(node, field.kind, folder: folder) {
        values[field.name] = value
      } else {
        let message = "option '\(field.name)' of stage '\(id)' is \(field.kind.expectation)"
        if overridden.contains(field.name) {
          diagnostics.append(Diagnostic(file: "--set", message: message))
        } else {
          report(node, message)
        }
      }
    }
    if diagnostics.count == before {
      do { _ = try StageRegistry.make(type, options: .object(values)) } catch {
        report(node, "stage '\(id)': \(error)")
      }
    }
    return (id, values)
  }

  // MARK: - Small pieces

  /// The members of a mapping by key; unknown keys are reported.
  mutating func members(of node: Node, allowed: [String], what: String) -> [String: Node] {
    guard case .mapping(let mapping) = node else {
      report(node, "\(what) is a mapping `{key: value}`")
      return [:]
    }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string, allowed.contains(name) else {
        report(key, "unknown key '\(key.string ?? "?")' in \(what)\(suggestion(key.string ?? "", allowed))")
        continue
      }
      members[name] = value
    }
    return members
  }

  private mutating func require(_ key: String, in members: [String: Node], of node: Node) -> Node? {
    if let value = members[key] { return value }
    report(node, "`\(key)` is missing")
    return nil
  }

  private mutating func text(of node: Node, _ key: String) -> String? {
    if let text = node.string, !text.isEmpty { return text }
    report(node, "`\(key)` is text")
    return nil
  }

  private mutating func integer(_ node: Node, _ range: ClosedRange<Int>, _ key: String) -> Int? {
    if let value = node.int, range.contains(value) { return value }
    report(node, "`\(key)` is \(OptionField.Kind.integer(range).expectation)")
    return nil
  }

  private func suggestion(_ word: String, _ names: [String]) -> String {
    if let near = nearestName(to: word, among: names) { return "; did you mean '\(near)'?" }
    return names.count <= 24 ? "; there are: \(names.joined(separator: ", "))" : ""
  }

  private static func diagnostic(_ error: YamlError, file: String, lines: [Substring]) -> Diagnostic {
    func place(_ mark: Mark, _ message: String) -> Diagnostic {
      let line = mark.line >= 1 && mark.line <= lines.count ? String(lines[mark.line - 1]) : nil
      return Diagnostic(file: file, line: mark.line, column: mark.column, message: message, sourceLine: line)
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return place(mark, "not valid YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return place(context.mark, "key given twice: \(duplicates.map { "\($0)" }.joined(separator: ", "))")
    default:
      return Diagnostic(file: file, message: "not valid YAML: \(error)")
    }
  }
}
