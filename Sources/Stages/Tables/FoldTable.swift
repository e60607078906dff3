internal import Engine
private import Foundation
internal import Records
internal import Splitting

/// A split as the stages after it use it: folds, and the cell of every training sample.
struct FoldTable {
  let plan: FoldPlan
  /// Whether cells have numbers; else they are named as an official split names them.
  let isNumbered: Bool
  private let cells: [String: String]
  private let groups: [String: String]

  private init(_ plan: FoldPlan, groups: [String: String], isNumbered: Bool) {
    self.plan = plan
    self.groups = groups
    self.isNumbered = isNumbered
    cells = Dictionary(
      plan.cells.flatMap { cell in cell.keys.map { ($0, cell.name) } }, uniquingKeysWith: { first, _ in first })
  }

  /// What `resplit` wrote; cells are numbered, unless they are those of a split that the datasets or a table name.
  init(_ product: Product) throws {
    let plan = try FileSystem.readJSON(FoldPlan.self, from: product.file("folds.json"))
    self.init(
      plan, groups: try FileSystem.readJSON(SplitFacts.self, from: product.file("groups.json")).groups.groups,
      isNumbered: !plan.cells.contains { ["train", "validation", "test"].contains($0.name) })
  }

  /// The datasets' own split, for pipelines without `resplit`.
  static func official(_ samples: [Sample]) throws -> FoldTable {
    let train = samples.filter { $0.role == .train }
    let groups = try GroupLinks.groups(of: train).groups
    do {
      return FoldTable(try OfficialSplit.plan(train, groups: groups), groups: groups, isNumbered: false)
    } catch {
      throw ToolError(
        .failed, "the datasets' own split cannot be used (\(error)); put `cluster` and `resplit` before `shard`")
    }
  }

  func cell(of key: String) -> String? { cells[key] }

  /// What no split may tear apart: the group of a training sample, the family of a held-out one.
  func group(of sample: Sample) -> String {
    groups[sample.key] ?? sample.parents.lazy.compactMap { groups[$0] }.first ?? sample.family
  }
}
