internal import Foundation
internal import Records
internal import TOMLKit

/// Reads one table of datasets.toml, strictly, and collects everything wrong with it.
struct DeclarationParser {
  static let commonKeys = ["domain", "input", "layout", "license", "root"]
  static let domains = ["known", "unknown-current", "unknown-post"]

  let name: String
  let table: TOMLTable
  let environment: [String: String]
  private(set) var faults: [String] = []

  init(name: String, table: TOMLTable, environment: [String: String]) {
    self.name = name
    self.table = table
    self.environment = environment
  }

  /// - Parameter folder: what a relative root is relative to.
  /// - Returns: `nil` when ``faults`` is not empty.
  mutating func parse(folder: URL) -> DatasetDeclaration? {
    if name.wholeMatch(of: /[A-Za-z0-9_-]+/) == nil {
      faults.append("a dataset's name has letters, digits, '-' and '_' only")
    }
    let layout = requiredText("layout")
    let reader = layout.flatMap(DatasetReaders.reader(for:))
    if let layout, reader == nil {
      faults.append("unknown layout '\(layout)'\(Nearest.hint(for: layout, among: DatasetReaders.layouts))")
    }
    // With an unknown layout, its keys cannot be told from wrong ones.
    if layout == nil || reader != nil { checkKeys(Self.commonKeys + (reader?.options ?? [])) }
    let declaredRoot = requiredText("root")
    let root = declaredRoot.flatMap { expand($0) }
    let input = choice("input", of: ["frame", "face"]).flatMap(InputKind.init(rawValue:))
    let license = text("license")
    let domain = choice("domain", of: Self.domains)
    let options = LayoutOptions(
      parts: parts(),
      compression: names("compression", of: FaceForensicsReader.compressions),
      variants: names("variants", of: DeeperForensicsReader.variants),
      list: list(), label: labelPlace(),
      one: choice("one", of: Label.allCases.map(\.name)).flatMap { name in Label.allCases.first { $0.name == name } })
    for key in reader?.requiredOptions ?? [] where table[key] == nil {
      faults.append("'\(key)' is missing, which layout '\(layout ?? "")' needs")
    }
    guard faults.isEmpty, let layout, let root, let declaredRoot else { return nil }
    return DatasetDeclaration(
      name: name, layout: layout,
      root: URL(filePath: root, relativeTo: folder).standardizedFileURL.path(percentEncoded: false),
      declaredRoot: declaredRoot, input: input ?? reader?.defaultInput ?? .frame, license: license, domain: domain,
      options: options)
  }

  private mutating func checkKeys(_ known: [String]) {
    for key in table.keys.sorted() where !known.contains(key) {
      faults.append("unknown key '\(key)'\(Nearest.hint(for: key, among: known.sorted()))")
    }
  }

  private mutating func text(_ key: String) -> String? {
    guard let value = table[key] else { return nil }
    if let text = value.string, !text.isEmpty { return text }
    faults.append("'\(key)' is \(value.type == .string ? "empty" : "of type \(value.type)"); give a text in quotes")
    return nil
  }

  private mutating func requiredText(_ key: String) -> String? {
    if table[key] == nil { faults.append("'\(key)' is missing") }
    return text(key)
  }

  private mutating func choice(_ key: String, of names: [String]) -> String? {
    guard let text = text(key) else { return nil }
    if names.contains(text) { return text }
    faults.append("'\(key)' is '\(text)'\(Nearest.hint(for: text, among: names))")
    return nil
  }

  private mutating func parts() -> [Int]? {
    guard let value = table["parts"] else { return nil }
    let numbers = value.array.map { $0.compactMap(\.int) }
    guard let numbers, numbers.count == value.array?.count, !numbers.isEmpty, numbers.allSatisfy({ $0 >= 0 }) else {
      faults.append("'parts' is a list of whole numbers from 0 on, as [0, 4, 10]; leave it out for all parts")
      return nil
    }
    return Set(numbers).sorted()
  }

  private mutating func names(_ key: String, of known: [String]) -> [String]? {
    guard let value = table[key] else { return nil }
    let names = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
    let count = value.array?.count ?? names.count
    guard !names.isEmpty, names.count == count, names.allSatisfy(known.contains) else {
      let all = known.map { "\"\($0)\"" }.joined(separator: ", ")
      faults.append("'\(key)' is one of \(all), or a list of them")
      return nil
    }
    return Set(names).sorted()
  }

  private mutating func list() -> String? {
    guard let text = text("list") else { return nil }
    if let path = ListPath(text)?.path { return path }
    faults.append("'list' is '\(text)'; give a path below root")
    return nil
  }

  private mutating func labelPlace() -> String? {
    guard let text = text("label") else { return nil }
    if WebDatasetReader.isLabelPlace(text) { return text }
    faults.append("'label' is '\(text)'; give \"cls\" for the member cls, or \"json:KEY\" for a key of the member json")
    return nil
  }

  /// Puts values for `${NAME}` and `${NAME:-default}`.
  private mutating func expand(_ text: String) -> String? {
    var result = ""
    var rest = text[...]
    while let open = rest.range(of: "${") {
      result += rest[..<open.lowerBound]
      guard let match = rest[open.lowerBound...].prefixMatch(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/) else {
        faults.append("'root' has '${' that does not read as ${NAME} or ${NAME:-default}")
        return nil
      }
      let value = environment[String(match.1)].flatMap { $0.isEmpty ? nil : $0 } ?? match.2.map(String.init)
      guard let value else {
        faults.append(
          "'root' needs the environment variable \(match.1), which is not set; "
            + "set it, or write ${\(match.1):-default}")
        return nil
      }
      result += value
      rest = rest[match.range.upperBound...]
    }
    return result + rest
  }
}
