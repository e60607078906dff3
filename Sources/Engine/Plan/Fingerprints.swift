internal import Foundation
internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// What makes two pieces of work the same work.
///
/// Exact library versions are recorded and not hashed; everything a user can set, every model file, each stage's own
/// version and the numerics profile are.
package enum Fingerprints {
  /// One stage with all its options.
  static func stage(
    _ entry: PipelineSpec.StageEntry, registry: StageRegistry, seed: UInt64, models: ModelDigests
  ) throws -> Digest {
    let stage = try registry.make(entry)
    var builder = FingerprintBuilder("stage")
    builder.add("id", entry.id)
    builder.add("name", entry.name)
    builder.add("version", String(type(of: stage).version))
    builder.add("options", try CanonicalJSON.string(withoutPaths(entry.options, of: stage)))
    builder.add("seed", String(seed))
    builder.add("numerics", NumericsProfile.standard.name)
    for file in stage.modelFiles {
      builder.add(
        file.hasPrefix("/") ? "file" : file,
        try models.digest(of: file) { stage.remedy(forModelFile: file, path: $0) })
    }
    return builder.finish()
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
      builder.add("stage", try stage(entry, registry: registry, seed: seed, models: models))
    }
    return builder.finish()
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

  init(folder: URL) { self.folder = folder }

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
    let digest = try FileSystem.digest(of: path)
    known[file] = digest
    return digest
  }
}

/// The settings under which bytes are promised: instruction-set caps and one thread per worker, given to every worker
/// through its environment.
package struct NumericsProfile: Sendable {
  package let name: String
  /// Environment of a worker.
  package let environment: [String: String]

  /// Starts this program again under the profile's environment, unless it already runs under it: libraries read these
  /// settings when they are loaded.
  package func adopt() {
    let current = ProcessInfo.processInfo.environment
    guard environment.contains(where: { current[$0.key] != $0.value }) else { return }
    for (name, value) in environment { setenv(name, value, 1) }
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    // Comes back only when it fails; then the work is done with what the machine chooses.
    execv("/proc/self/exe", arguments)
    for argument in arguments { free(argument) }
  }

  /// AVX2 everywhere, one thread; the same on any x86-64 machine that has AVX2.
  package static let standard = NumericsProfile(
    name: "avx2-1",
    environment: [
      "OPENBLAS_CORETYPE": "Haswell",
      "OPENBLAS_NUM_THREADS": "1",
      "OMP_NUM_THREADS": "1",
      "OMP_WAIT_POLICY": "passive",
      "ONEDNN_MAX_CPU_ISA": "AVX2",
      "DNNL_MAX_CPU_ISA": "AVX2",
      "ATEN_CPU_CAPABILITY": "avx2",
      "OPENCV_CPU_DISABLE": "AVX512-SKX",
    ])
}
