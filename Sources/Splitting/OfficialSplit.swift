package import Records

/// The split that the datasets' authors made, as one fold.
///
/// Cells `train` (also samples without an official split), `validation`, and `test`, which is on neither side. Groups
/// that the authors put on both sides are reported, not moved. Where nothing is for validation there is no fold.
package enum OfficialSplit {
  /// - Parameter groups: group by sample key; a sample without one is a group of its own.
  /// - Throws: when a side of the fold lacks a class, for two samples of one key, and for a split of another name.
  package static func plan(_ samples: [Sample], groups: [String: String]) throws(SplittingError) -> FoldPlan {
    let samples = samples.sorted { $0.key < $1.key }
    try SplittingError.requireDistinct(samples.map(\.key))
    let splits = samples.map { $0.officialSplit ?? "train" }
    if let index = splits.firstIndex(where: { !["train", "validation", "test"].contains($0) }) {
      throw SplittingError(
        code: .badOption,
        message: "\(samples[index].key) is of official split \(splits[index]); known are train, validation, test")
    }
    let items = samples.map { FoldItem(key: $0.key, group: groups[$0.key] ?? $0.key, label: $0.label) }
    let isDivided = splits.contains("validation")
    let note = "no folds: the official split has nothing to validate on"
    var plan = FoldPlan(
      items, cellOf: { splits[$0] }, folds: isDivided ? [[]] : [], notes: isDivided ? [] : [note]
    ) { _, cell in
      switch cell {
      case "train": .training
      case "validation": .validation
      default: .leftOut
      }
    }
    guard let fold = plan.folds.first else { return plan }
    guard [fold.training, fold.validation].allSatisfy({ $0.reals > 0 && $0.fakes > 0 }) else {
      throw SplittingError(
        code: .tooFewFolds,
        message: """
          the official split has \(fold.training.reals) reals and \(fold.training.fakes) fakes to train on, \
          \(fold.validation.reals) and \(fold.validation.fakes) to validate on; both sides need both. Use folds \
          from clusters, or add the missing part of the dataset
          """)
    }
    if let first = plan.straddlingGroups.first {
      plan.notes.append(
        "the official split has \(plan.straddlingGroups.count) groups on both sides, the first \(first); nothing was moved"
      )
    }
    return plan
  }
}
