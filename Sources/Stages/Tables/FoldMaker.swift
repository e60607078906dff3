private import Engine
private import Evaluation
private import Foundation
internal import Records
internal import Splitting

/// The ways in which `resplit` makes folds.
enum FoldStrategy: String, CaseIterable, Sendable {
  case leaveOneClusterOut = "leave-one-cluster-out"
  case leaveOneMethodOut = "leave-one-method-out"
  case leaveOneDatasetOut = "leave-one-dataset-out"
  case stratified, random, official, pinned
}

/// Makes folds of training samples, for whatever groups they are in.
struct FoldMaker {
  let strategy: FoldStrategy
  let options: ResplitStage.Options
  let samples: [Sample]
  /// Cluster by key.
  let clusters: [String: Int]
  let seed: UInt64
  /// For `pinned` alone.
  let pins: PinnedSplit?

  func items(_ groups: GroupAssignment) -> [FoldItem] {
    samples.map { FoldItem($0, group: groups.groups[$0.key] ?? $0.family, cluster: clusters[$0.key]) }
  }

  /// - Throws: ``SplittingError`` `too-few-folds` where these groups allow no such folds.
  func plan(_ groups: GroupAssignment) throws(SplittingError) -> FoldPlan {
    let items = items(groups)
    let foldOptions = FoldOptions(
      conflict: options.conflict == "move" ? .move : .purge, minimumGroups: options.minimumGroups)
    switch strategy {
    case .leaveOneClusterOut: return try LeaveOneClusterOut.plan(items, options: foldOptions)
    case .leaveOneDatasetOut: return try LeaveOneDatasetOut.plan(items, options: foldOptions)
    case .leaveOneMethodOut: return try LeaveOneMethodOut.plan(items, minimumGroups: options.minimumGroups)
    case .stratified:
      let stratification = Stratification(
        byLabel: options.stratify.contains("label"), byMethod: options.stratify.contains("method"))
      return try BalancedFolds.plan(
        items, count: options.count, manner: .stratified(stratification), minimumGroups: options.minimumGroups)
    case .random:
      return try BalancedFolds.plan(
        items, count: options.count, manner: .random(seed: seed), minimumGroups: options.minimumGroups)
    case .official: return try OfficialSplit.plan(samples, groups: groups.groups)
    case .pinned:
      guard let pins else { return try FoldPlan.undivided(items, note: "no table was given") }
      return try PinnedFolds.plan(items, pins: pins, minimumGroups: options.minimumGroups)
    }
  }

  /// The table that `pinned` takes its folds from; `nil` for other strategies.
  static func pins(_ options: ResplitStage.Options) throws -> PinnedSplit? {
    guard !options.from.isEmpty else { return nil }
    do {
      let text = try String(contentsOf: URL(filePath: options.from), encoding: .utf8)
      return try PinnedSplit(CommaSeparatedValues.records(text), name: URL(filePath: options.from).lastPathComponent)
    } catch {
      throw ToolError(.badConfiguration, "\(options.from): \((error as? SplittingError)?.message ?? "\(error)")")
    }
  }
}
