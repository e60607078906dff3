internal import Foundation
internal import Records

/// What makes two pieces of work the same work.
///
/// Exact library versions are recorded and not hashed; everything a user can set, every model file, each stage's own
/// version and the numerics profile are.
package enum Fingerprints {
  /// One stage with all its options, and what is hashed by name, to be compared with another time.
  static func stage(
    _ entry: PipelineSpec.StageEntry, registry: StageRegistry, seed: UInt64, models: ModelDigests
  ) throws -> (digest: Digest, dependencies: Dependencies) {
    let stage = try registry.make(entry)
    let version = String(type(of: stage).version)
    let options = withoutPaths(entry.options, of: stage)
    var builder = FingerprintBuilder("stage")
    builder.add("id", entry.id)
    builder.add("name", entry.name)
    builder.add("version", version)
    builder.add("options", try CanonicalJSON.string(options))
    builder.add("numerics", NumericsProfile.standard.name)
    var dependencies = Dependencies([
      "name": entry.name, "version": version, "numerics": NumericsProfile.standard.name,
    ])
    if stage.usesSeed {
      builder.add("seed", String(seed))
      dependencies.add("seed", String(seed))
    }
    try dependencies.add(options: options)
    for file in stage.modelFiles {
      let digest = try models.digest(of: file) { stage.remedy(forModelFile: file, path: $0) }
      builder.add(file.hasPrefix("/") ? "file" : file, digest)
      dependencies.add("file \(URL(filePath: file).lastPathComponent)", digest)
    }
    return (builder.finish(), dependencies)
  }

  /// The options without paths of files, whose content counts instead.
  private static func withoutPaths<Body: Stage>(_ options: JSONValue, of stage: Body) -> JSONValue {
    guard case .object(var values) = options else { return options }
    for field in Body.Options.fields {
      if let value = values[field.name], field.kind.isPath(value) { values[field.name] = nil }
    }
    return .object(values)
  }

  /// The fused stages of the source grain.
  static func chain(
    _ entries: [PipelineSpec.StageEntry], registry: StageRegistry, seed: UInt64, models: ModelDigests
  ) throws -> Digest {
    var builder = FingerprintBuilder("chain")
    for entry in entries {
      builder.add("stage", try stage(entry, registry: registry, seed: seed, models: models).digest)
    }
    return builder.finish()
  }

  /// Everything that the datasets say of the sources, in the order given.
  static func sources(_ sources: some Sequence<Source>) -> Digest {
    var builder = FingerprintBuilder("sources")
    for source in sources { eachField(of: source) { builder.add($0, $1) } }
    return builder.finish()
  }

  /// All that is known of a source, by name. A test holds the list against the type.
  static func fields(of source: Source) -> [String: String] {
    var fields: [String: String] = [:]
    eachField(of: source) { fields[$0] = $1 }
    return fields
  }

  private static func eachField(of source: Source, _ body: (_ name: String, _ value: String) -> Void) {
    body("dataset", source.dataset)
    body("path", source.path)
    if let member = source.member { body("member", "\(member.archive) \(member.offset) \(member.length)") }
    body("label", source.label.name)
    body("role", source.role.rawValue)
    if let method = source.method { body("method", method) }
    if let original = source.original { body("original", original) }
    if let mask = source.mask { body("mask", mask) }
    if let identity = source.identity { body("identity", identity) }
    if let donor = source.donor { body("donor", donor) }
    if let sourceVideo = source.sourceVideo { body("sourceVideo", sourceVideo) }
    if let officialSplit = source.officialSplit { body("officialSplit", officialSplit) }
    if let compression = source.compression { body("compression", compression) }
    if let domain = source.domain { body("domain", domain) }
    body("input", source.input.rawValue)
  }

  /// What the source pass depends on of a family's records. Roles, splits and identities are not among it: they are
  /// joined to the samples afterwards, so that ten protocols over one dataset decode it once.
  static func facts(of family: Family) -> Digest {
    var builder = FingerprintBuilder("family")
    builder.add("name", family.name)
    for source in family.sources {
      builder.add("source", source.name)
      builder.add("label", source.label.name)
      builder.add("input", source.input.rawValue)
      builder.add("original", source.original ?? "")
      if let mask = source.mask { builder.add("mask", mask) }
    }
    return builder.finish()
  }

  /// A family's pass over sources of known content.
  static func family(chain: Digest, facts: Digest, contents: [Digest]) -> Digest {
    var builder = FingerprintBuilder("pass")
    builder.add("chain", chain)
    builder.add("facts", facts)
    for content in contents { builder.add("content", content) }
    return builder.finish()
  }

  /// The names and digests of files.
  static func content(of files: [FileRecord]) -> Digest {
    var builder = FingerprintBuilder("files")
    for file in files {
      builder.add("name", file.name)
      builder.add("digest", file.digest)
    }
    return builder.finish()
  }
}

/// Digests of the model files that a pipeline names, each computed once per command.
final class ModelDigests {
  let folder: URL
  private var known: [String: Digest] = [:]
  private var identities: KnownIdentities

  init(folder: URL, identities: KnownIdentities) {
    self.folder = folder
    self.identities = identities
  }

  /// - Parameter remedy: what to do about a path where nothing is.
  /// - Throws: ``ToolError`` with status 69 when the file is absent.
  func digest(of file: String, remedy: (String) -> String) throws -> Digest {
    if let digest = known[file] { return digest }
    let path = file.hasPrefix("/") ? file : folder.appending(path: file).path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else {
      throw ToolError(
        .missing,
        file.hasPrefix("/")
          ? "\(path), which the pipeline names, is not there"
          : "model file \(path) is missing; \(remedy(path))")
    }
    let digest = try identities.digest(of: path)
    known[file] = digest
    return digest
  }
}
