package import Foundation
package import Records

/// What the sources of a pipeline are, as their readers found them.
package struct SourceListing: Sendable {
  package var sources: [Source]
  /// Root folder of each dataset, by name.
  package var roots: [String: String]
  /// Missing and unexpected files, in words.
  package var problems: [String]
  /// Licence of each dataset that names one, for the dataset card.
  package var licences: [String: String]

  package init(
    sources: [Source], roots: [String: String], problems: [String], licences: [String: String] = [:]
  ) {
    self.sources = sources
    self.roots = roots
    self.problems = problems
    self.licences = licences
  }
}

/// Who does the tasks of a run: processes of this machine, or jobs of a cluster.
package enum EngineChoice: Sendable {
  case local
  case slurm(SlurmRequest)
}

/// One call of `run` or `plan`: a checked pipeline and the settings of this machine.
package struct RunRequest: Sendable {
  package var pipeline: PipelineSpec
  package var listing: SourceListing
  package var registry: StageRegistry
  package var store: URL
  package var modelsFolder: URL
  /// The dfprep executable, started again as worker.
  package var executable: String
  package var jobs: Int
  /// Stops after the stage with this id.
  package var until: String?
  /// Families per dataset and label.
  package var limit: Int?
  package var isQuiet: Bool
  package var engine: EngineChoice
  /// Folder on a disk of this machine for temporary files; the usual places where there is none.
  package var scratch: String?
  /// What a worker may take of this machine.
  package var limits = WorkerLimits()
  /// Where pipeline and datasets were read from, so that `retry` and others can ask again.
  package var origin = RunOrigin()
  /// Whether families with a source that failed or was quarantined are to be done again.
  package var retriesFailures = false
  /// Whether to do everything again that only this run refers to.
  package var isFresh = false

  package init(
    pipeline: PipelineSpec, listing: SourceListing, registry: StageRegistry, store: URL, modelsFolder: URL,
    executable: String, jobs: Int, until: String? = nil, limit: Int? = nil, isQuiet: Bool = false,
    engine: EngineChoice = .local, scratch: String? = nil
  ) {
    self.pipeline = pipeline
    self.listing = listing
    self.registry = registry
    self.store = store
    self.modelsFolder = modelsFolder
    self.executable = executable
    self.jobs = jobs
    self.until = until
    self.limit = limit
    self.isQuiet = isQuiet
    self.engine = engine
    self.scratch = scratch
  }

  /// The families of this run, by name: roles given, what is held out carved out, cut to the limit.
  package var families: [Family] {
    let families = HeldOut(pipeline).families(of: listing.sources)
    guard let limit else { return families }
    var taken: [String: Int] = [:]
    return families.filter { family in
      let buckets = Set(family.sources.map { "\($0.dataset)/\($0.label.name)" })
      guard buckets.contains(where: { taken[$0, default: 0] < limit }) else { return false }
      for bucket in buckets { taken[bucket, default: 0] += 1 }
      return true
    }
  }
}
