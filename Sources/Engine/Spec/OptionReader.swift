internal import Foundation
private import Records
internal import Yams

/// Turns a YAML node into the JSON value that an option's kind allows, or `nil` when it does not fit.
enum OptionReader {
  /// As stages take it: a path is absolute, relative ones being so to `folder`, or the working folder.
  static func value(_ node: Node, _ kind: OptionField.Kind, folder: URL?) -> JSONValue? {
    let read = value(node, kind)
    guard let read, kind.isPath(read), case .string(let text) = read else { return read }
    let url = URL(filePath: text, relativeTo: folder).absoluteURL.standardizedFileURL
    return .string(url.path(percentEncoded: false))
  }

  static func value(_ node: Node, _ kind: OptionField.Kind) -> JSONValue? {
    switch kind {
    case .integer(let range):
      guard node.scalar != nil, let value = node.int, range.contains(value) else { return nil }
      return .int(value)
    case .number(let range):
      guard node.scalar != nil, let value = node.float, range.contains(value) else { return nil }
      return .double(value)
    case .bool:
      guard node.scalar != nil, let value = node.bool else { return nil }
      return .bool(value)
    case .text, .file:
      guard let value = node.scalar?.string, !value.isEmpty else { return nil }
      return .string(value)
    case .choice(let names):
      guard let value = node.scalar?.string, names.contains(value) else { return nil }
      return .string(value)
    case .list(let element):
      guard case .sequence(let sequence) = node else { return nil }
      let values = sequence.compactMap { value($0, element) }
      return values.count == sequence.count ? .array(values) : nil
    case .perLabel(let element):
      if case .mapping(let mapping) = node {
        guard mapping.count == 2, let real = mapping["real"].flatMap({ value($0, element) }),
          let fake = mapping["fake"].flatMap({ value($0, element) })
        else { return nil }
        return .object(["real": real, "fake": fake])
      }
      return value(node, element).map { .object(["real": $0, "fake": $0]) }
    case .numbers(let names, let range):
      guard case .mapping(let mapping) = node else { return nil }
      var numbers: [String: JSONValue] = [:]
      for (key, element) in mapping {
        guard let name = key.scalar?.string, names.contains(name), let number = value(element, .number(range)) else {
          return nil
        }
        numbers[name] = number
      }
      return .object(numbers)
    case .either(let element, let word):
      return node.scalar?.string == word ? .string(word) : value(node, element)
    case .group(let fields, var values):
      guard case .mapping(let mapping) = node else { return nil }
      for (key, member) in mapping {
        guard let field = fields.first(where: { $0.name == key.string }), let read = value(member, field.kind) else {
          return nil
        }
        values[field.name] = read
      }
      return .object(values)
    }
  }
}

/// The `--set stage.option=value` and `stage.option.member=value` arguments of one command.
struct StageOverrides {
  /// What takes an option's place, or that of one member of it.
  struct Value {
    let option: String
    let member: String?
    let node: Node

    /// The option with this in it, `given` being what it was before.
    func placed(in given: Node?) -> Node {
      guard let member else { return node }
      var members = given?.mapping ?? Node.Mapping([])
      members[Node(member)] = node
      return .mapping(members)
    }
  }

  private var items: [(text: String, stage: String, value: Value, isUsed: Bool)] = []
  private var malformed: [String] = []

  init(_ arguments: [String]) {
    for argument in arguments {
      let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let path = (sides.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
      // A value that is no YAML is reported as one that does not fit.
      guard sides.count == 2, (2...3).contains(path.count), let node = try? Yams.compose(yaml: String(sides[1])) else {
        malformed.append("'\(argument)' is not of the form stage.option=value, or stage.option.member=value")
        continue
      }
      let value = Value(option: String(path[1]), member: path.count == 3 ? String(path[2]) : nil, node: node)
      items.append((argument, String(path[0]), value, false))
    }
  }

  /// The options set for the stage with this id; by its name too, when no other stage has that name.
  mutating func take(id: String, name: String, declared: [(id: String, name: String)]) -> [Value] {
    let isOnly = declared.count(where: { $0.name == name }) == 1
    var taken: [Value] = []
    for index in items.indices where items[index].stage == id || (isOnly && items[index].stage == name) {
      items[index].isUsed = true
      taken.append(items[index].value)
    }
    return taken
  }

  /// What could not be applied, and why.
  func complaints(declared: [(id: String, name: String)]) -> [String] {
    malformed
      + items.filter { !$0.isUsed }.map { item in
        let ids = declared.filter { $0.name == item.stage }.map(\.id)
        if ids.count > 1 { return "'\(item.text)' is ambiguous: there are \(ids.joined(separator: ", "))" }
        let near = nearestName(to: item.stage, among: declared.map(\.id)).map { "; did you mean '\($0)'?" } ?? ""
        return "'\(item.text)': no stage '\(item.stage)'\(near)"
      }
  }
}
