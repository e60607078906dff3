package import Foundation
package import Records

/// Everything a report shows, as plain values. A section whose values are absent is absent from the report.
package struct ReportModel: Codable, Hashable, Sendable {
  package var title: String
  package var pipeline: String
  /// One sentence on what the numbers do not say.
  package var caveat: String?
  /// Program and version.
  package var generatedBy: String
  /// What the run's numbers depend on, one line each.
  package var numerics: [String] = []
  /// Shown in red before everything else.
  package var warnings: [String] = []
  /// In pipeline order.
  package var stages: [Stage] = []
  package var sources: [SourceCount] = []
  package var folds: [Fold] = []
  /// The same data divided in several ways, side by side.
  package var splits: [SplitView] = []
  package var hardness: Hardness?
  /// Links that cross a fold, or tie held-out samples to training ones.
  package var leaks: [Leak] = []
  /// Some of those links one by one, the worst first.
  package var crossings: [CrossingLink] = []
  /// Kinds of link that cross no fold, and how many families each ties together.
  package var hardLinks: [Count] = []
  /// Every picture of the report; the other parts name them by index, and an index past the end is ignored.
  package var pictures: [Picture] = []
  package var clusters: [Cluster] = []
  /// Training samples that were not clustered, and stand with the cluster nearest to them.
  package var unclusteredSamples = 0
  package var contingencies: [Contingency] = []
  package var map: SampleMap?
  package var clusterCounts: ClusterCounts?
  /// Normalised mutual information of the clusters with what is known of the samples.
  package var agreements: [Agreement] = []
  package var training: [Expert] = []
  package var evaluation: [EvaluationRow] = []
  package var detectorCurves: [DetectorCurves] = []
  /// Samples that `extend` made, beside those they were made from.
  package var made: [MadeSample] = []
  package var losses: Losses?
  /// What tells the classes apart besides the forgery: of the files, of the crops.
  package var shortcuts: [ShortcutTable] = []
  /// What was looked for across families, in pipeline order.
  package var likenesses: [Likeness] = []
  /// Versions of what did the work, by name.
  package var versions: [Fact] = []
  /// Every stage of the pipeline with its options, defaults filled in.
  package var options: [Fact] = []

  package init(title: String, pipeline: String, caveat: String? = nil, generatedBy: String) {
    self.title = title
    self.pipeline = pipeline
    self.caveat = caveat
    self.generatedBy = generatedBy
  }
}

extension ReportModel {
  /// How many of something there were, and what it was.
  package struct Count: Codable, Hashable, Sendable {
    package var name: String
    package var count: Int

    package init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  /// What went into a stage and what became of it.
  package struct Stage: Codable, Hashable, Sendable {
    package var id: String
    /// What is counted, in the plural: `families`, `frames`, `samples`.
    package var unit: String
    package var input: Int
    /// Items that the stage put beside those that came in: further faces of a frame, made samples.
    package var added: Int
    package var output: Int
    /// By reason.
    package var dropped: [Drop]
    /// By error code.
    package var failed: [Count]
    package var seconds: Double

    package init(
      id: String, unit: String, input: Int, added: Int = 0, output: Int, dropped: [Drop] = [], failed: [Count] = [],
      seconds: Double
    ) {
      self.id = id
      self.unit = unit
      self.input = input
      self.added = added
      self.output = output
      self.dropped = dropped
      self.failed = failed
      self.seconds = seconds
    }

    /// Items that came in or were added and ended nowhere; 0 in a sound run, negative when too many came out.
    package var unaccounted: Int {
      input + added - output - dropped.reduce(0) { $0 + $1.count } - failed.reduce(0) { $0 + $1.count }
    }
  }

  /// Items that a stage left out for one reason.
  package struct Drop: Codable, Hashable, Sendable {
    package var reason: String
    package var count: Int
    /// Those of them that are fakes.
    package var fakes: Int

    package init(reason: String, count: Int, fakes: Int = 0) {
      (self.reason, self.count, self.fakes) = (reason, count, fakes)
    }
  }

  /// A name and what is said of it.
  package struct Fact: Codable, Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) { (self.name, self.value) = (name, value) }
  }

  /// Sources of one dataset, role and label.
  package struct SourceCount: Codable, Hashable, Sendable {
    package var dataset: String
    package var role: Role
    package var label: Label
    package var sources: Int
    /// Those of the sources that failed, by code.
    package var failed: [Count]
    /// Those that a worker died of twice.
    package var quarantined: Int
    /// Those not yet done.
    package var pending: Int
    package var samples: Int

    package init(
      dataset: String, role: Role, label: Label, sources: Int, failed: [Count] = [], quarantined: Int = 0,
      pending: Int = 0, samples: Int
    ) {
      (self.dataset, self.role, self.label) = (dataset, role, label)
      (self.sources, self.failed, self.quarantined, self.pending) = (sources, failed, quarantined, pending)
      self.samples = samples
    }

    package var done: Int { sources - failed.reduce(0) { $0 + $1.count } - quarantined - pending }
  }

  /// Samples of one side of a fold, and the groups they come from.
  package struct SplitSide: Codable, Hashable, Sendable {
    package var real: Int
    package var fake: Int
    package var groups: Int

    package init(real: Int, fake: Int, groups: Int) {
      self.real = real
      self.fake = fake
      self.groups = groups
    }
  }

  /// One fold of the re-split.
  package struct Fold: Codable, Hashable, Sendable {
    package var name: String
    package var train: SplitSide
    package var validation: SplitSide
    /// Samples in neither, by reason.
    package var leftOut: [Count]

    package init(name: String, train: SplitSide, validation: SplitSide, leftOut: [Count] = []) {
      self.name = name
      self.train = train
      self.validation = validation
      self.leftOut = leftOut
    }
  }

  /// A thumbnail of a sample.
  package struct Picture: Codable, Hashable, Sendable {
    package var key: String
    package var label: Label
    /// A whole JPEG file.
    package var jpeg: Data

    package init(key: String, label: Label, jpeg: Data) {
      self.key = key
      self.label = label
      self.jpeg = jpeg
    }
  }

  /// Sample that `extend` made, and its parents; both index ``ReportModel/pictures``.
  package struct MadeSample: Codable, Hashable, Sendable {
    package var operation: String
    package var parents: [Int]
    package var made: Int

    package init(operation: String, parents: [Int], made: Int) {
      self.operation = operation
      self.parents = parents
      self.made = made
    }
  }

  /// What did not reach the shards.
  package struct Losses: Codable, Hashable, Sendable {
    /// The first few, in path order.
    package var examples: [Loss]
    package var total: Int
    /// Where all of them are listed.
    package var fullList: String

    package init(examples: [Loss], total: Int, fullList: String) {
      self.examples = examples
      self.total = total
      self.fullList = fullList
    }
  }

  /// One source or sample that was dropped or failed.
  package struct Loss: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable { case dropped, failed }
    package var kind: Kind
    package var stage: String
    package var path: String
    /// Reason or error code, and what is known beside it.
    package var reason: String

    package init(kind: Kind, stage: String, path: String, reason: String) {
      self.kind = kind
      self.stage = stage
      self.path = path
      self.reason = reason
    }
  }
}
