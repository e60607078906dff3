internal import Records

/// What the work of a stage depends on, by name: the parts of its fingerprint, kept so that two of them can be compared.
///
/// `option decode.frames`, `version`, `seed`, `numerics`, `file <name>` of the stage itself; `sources`, `samples`, `drops`,
/// `result of <stage>` of what comes to it.
package struct Dependencies: Codable, Hashable, Sendable {
  /// One that is not the same.
  package struct Change: Codable, Hashable, Sendable, CustomStringConvertible {
    package var field: String
    package var before: String?
    package var after: String?

    package var description: String {
      // Digests say nothing to people.
      let isDigest = [before, after].contains { $0?.utf8.count == 64 }
      switch (before, after) {
      case (nil, _): return "\(field) is new"
      case (_, nil): return "\(field) is gone"
      case (let before?, let after?): return isDigest ? "\(field) changed" : "\(field): \(before) -> \(after)"
      }
    }
  }

  private(set) var values: [String: String]

  init(_ values: [String: String] = [:]) { self.values = values }

  package init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: String].self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }

  mutating func add(_ name: String, _ digest: Digest) { values[name] = digest.hex }
  mutating func add(_ name: String, _ value: String) { values[name] = value }

  /// Every option by its path: `option frames.real`.
  mutating func add(options: JSONValue, path: String = "option") throws {
    guard case .object(let members) = options else {
      values[path] = try CanonicalJSON.string(options)
      return
    }
    for (name, value) in members {
      try add(options: value, path: path == "option" ? "option \(name)" : "\(path).\(name)")
    }
  }

  /// Those of the stage itself, without what comes to it.
  package var own: Dependencies {
    Dependencies(
      values.filter { name, _ in
        ["name", "version", "seed", "numerics"].contains(name) || name.hasPrefix("option") || name.hasPrefix("file ")
      })
  }

  /// What changed from `before` to this, by name.
  package func changes(since before: Dependencies) -> [Change] {
    Set(values.keys).union(before.values.keys).sorted().compactMap { name in
      values[name] == before.values[name]
        ? nil : Change(field: name, before: before.values[name], after: values[name])
    }
  }
}
