internal import Foundation
internal import Records

/// `plan/seal.json`: on what a run stood when it ended well, so that the next command sees at a look that nothing changed.
///
/// Three digests: of what was asked for, of size, time and inode of every source file, and of those of every result. It says
/// no more than that all are as they were; where one differs, the run works out what is done from the store. It may be deleted.
struct RunSeal: Codable, Hashable {
  var request: Digest
  var files: Digest
  var results: Digest

  /// What is asked for: pipeline, stages of this version, sources with all that is known of them.
  static func request(_ request: RunRequest) throws -> Digest {
    let (stages, chain) = try RunState.fingerprints(request)
    var builder = FingerprintBuilder("request")
    var pipeline = request.pipeline
    pipeline.output = ""
    builder.add("pipeline", try CanonicalJSON.string(pipeline))
    builder.add("chain", chain)
    for entry in pipeline.stages { builder.add("stage", stages[entry.id]?.digest.hex ?? "") }
    builder.add("sources", Fingerprints.sources(request.listing.sources))
    for (dataset, licence) in request.listing.licences.sorted(by: { $0.key < $1.key }) { builder.add(dataset, licence) }
    builder.add("problems", request.listing.problems)
    builder.add("limit", request.limit.map(String.init) ?? "")
    builder.add("until", request.until ?? "")
    builder.add("store", request.store.path(percentEncoded: false))
    return builder.finish()
  }

  /// The source files and masks as they are now. To be taken before any work: a file that changes while a run goes on
  /// then breaks the seal.
  static func files(_ listing: SourceListing) -> Digest {
    var builder = FingerprintBuilder("identities")
    for source in listing.sources {
      add((try? SourceFile(source, roots: listing.roots).identity()), to: &builder)
      if source.mask != nil {
        let mask = SourceFile.mask(of: source, roots: listing.roots)
        add(mask.flatMap { try? FileSystem.identity(of: $0) }, to: &builder)
      }
    }
    return builder.finish()
  }

  /// The results that a run refers to, and what it published, as they are now.
  static func results(_ inputs: [String], of run: RunFolder) -> Digest {
    var builder = FingerprintBuilder("identities")
    let manifests = inputs.map { "\($0.hasSuffix("/") ? $0 : $0 + "/")manifest.json" }
    let published = run.published.values.flatMap(\.keys).sorted().map {
      run.root.appending(path: $0).path(percentEncoded: false)
    }
    for path in manifests + published {
      // One that is gone has no identity, which is a change.
      add(try? FileSystem.identity(of: path), to: &builder)
    }
    return builder.finish()
  }

  private static func add(_ identity: FileIdentity?, to builder: inout FingerprintBuilder) {
    guard let identity else { return builder.add("file", "absent") }
    builder.add("file", "\(identity.bytes) \(identity.modifiedNanoseconds) \(identity.inode)")
  }
}

extension TableInputs.Description {
  /// Every folder of the store that these refer to, sorted.
  var folders: [String] {
    let units = units + featureUnits.values.flatMap(\.self) + addedUnits.values.flatMap(\.self)
    return Set(units.map(\.folder) + products.map(\.folder) + dropFolders + tableFolders).subtracting([""]).sorted()
  }
}
