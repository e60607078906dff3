package import Engine

/// Every stage a pipeline may name, in the order in which pipelines usually have them: the table of contents of dfprep.
package enum StandardStages {
  package static let registry = StageRegistry([
    DecodeStage.self,
    DetectStage.self,
    TrackStage.self,
    CropStage.self,
    ExtendStage.self,
    FilterStage.self,
    ShortcutsStage.self,
    DedupeStage.self,
    EmbedStage.self,
    LinkStage.self,
    ClusterStage.self,
    ResplitStage.self,
    CompareSplitsStage.self,
    AugmentStage.self,
    ShardStage.self,
    TrainStage.self,
    EvaluateStage.self,
    ReportStage.self,
  ])
}

extension ProductKind {
  /// `shortcuts.json`: what tells the classes apart besides the forgery.
  static let shortcuts = ProductKind("shortcuts")
  /// `links.csv`: near-duplicates, faces and scenes between sources.
  static let links = ProductKind("links")
  /// `clusters.csv`, `centroids.npy`, `choice.json`, `features.json`, `agreement.json`, `map.json`.
  static let clusters = ProductKind("clusters")
  /// `folds.csv`, `folds.json`.
  static let folds = ProductKind("folds")
  /// `hardness.json`: how unlike validation and training are.
  static let hardness = ProductKind("hardness")
  /// `shards/`, `folds/N.json`.
  static let shards = ProductKind("shards")
  /// `model.safetensors`, `curve.json`: a detector fitted before there are folds.
  static let probes = ProductKind("probes")
  /// `experts/N.safetensors` with its cards, `metrics.csv`, `steps.csv`; of contrastive recipes `projections/N.safetensors`.
  static let models = ProductKind("models")
  /// `predictions.csv`, `evaluation.json`, `evaluation.md`.
  static let predictions = ProductKind("predictions")
}
