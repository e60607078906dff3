private import Foundation
internal import Records

/// Probabilities of "fake" for items whose groups had no part in making them.
enum OutOfFold {
  /// Share of fakes among the items of each bin, drawn towards the share among all by as much as one group weighs.
  ///
  /// - Returns: one value per item, learnt from the other folds.
  static func targetEncoded(_ binning: Binning, _ table: ShortcutTable, _ folds: GroupFolds) -> [Double] {
    var fakes = [[Double]](repeating: [Double](repeating: 0, count: binning.count), count: folds.count)
    var counts = fakes
    for (index, item) in table.items.enumerated() {
      let (fold, bin) = (folds.foldOfItem[index], binning.binOfItem[index])
      counts[fold][bin] += 1
      if item.label == .fake { fakes[fold][bin] += 1 }
    }
    let weight = Double(table.items.count) / Double(table.groupCount)
    let encoded = (0..<folds.count).map { held in
      let training = (0..<folds.count).filter { $0 != held }
      let all = training.reduce(0) { $0 + counts[$1].reduce(0, +) }
      let prior = training.reduce(0) { $0 + fakes[$1].reduce(0, +) } / max(1, all)
      return (0..<binning.count).map { bin in
        let (fake, count) = training.reduce((0, 0)) { ($0.0 + fakes[$1][bin], $0.1 + counts[$1][bin]) }
        return (fake + weight * prior) / (count + weight)
      }
    }
    return table.items.indices.map { encoded[folds.foldOfItem[$0]][binning.binOfItem[$0]] }
  }

  /// Log odds of "fake" by logistic regression on the bins of all variables, one weight per bin, with a ridge that weighs
  /// as much as one group.
  ///
  /// Fitted by Newton's steps, one variable after the other: the bins of one variable do not overlap, so that its part of
  /// the Hessian is diagonal. Nothing is drawn; the order of variables is that of the table.
  ///
  /// Source: Hastie and Tibshirani 1990, Generalized Additive Models, local scoring by backfitting.
  static func additive(_ binnings: [Binning], _ table: ShortcutTable, _ folds: GroupFolds) -> [Double] {
    let isFake = table.items.map { $0.label == .fake ? 1.0 : 0 }
    let ridge = Double(table.items.count) / Double(table.groupCount)
    let margins = ParallelBlocks.map(of: 1, in: folds.count) { held in
      fit(binnings, isFake: isFake, isHeld: folds.foldOfItem.map { $0 == held.lowerBound }, ridge: ridge)
    }
    return table.items.indices.map { margins[folds.foldOfItem[$0]][$0] }
  }

  /// Rounds over all variables.
  private static let sweeps = 8
  /// A step of the weights below which the fit has ended.
  private static let smallStep = 0.01
  /// Longest step of one weight, log odds: Newton's steps overshoot where a bin has one class alone.
  private static let longestStep = 3.0

  /// - Returns: log odds of all items, fitted on those that are not held.
  private static func fit(_ binnings: [Binning], isFake: [Double], isHeld: [Bool], ridge: Double) -> [Double] {
    let training = isFake.indices.filter { !isHeld[$0] }
    let share = training.reduce(0) { $0 + isFake[$1] } / Double(max(1, training.count))
    let start = log(max(share, 1e-6) / max(1 - share, 1e-6))
    var margins = [Double](repeating: start, count: isFake.count)
    var weights = binnings.map { [Double](repeating: 0, count: $0.count) }
    for _ in 0..<sweeps {
      var longest = 0.0
      for (variable, binning) in binnings.enumerated() {
        var gradients = weights[variable].map { -ridge * $0 }
        var curvatures = [Double](repeating: ridge, count: binning.count)
        for index in training {
          let probability = 1 / (1 + exp(-margins[index]))
          gradients[binning.binOfItem[index]] += isFake[index] - probability
          curvatures[binning.binOfItem[index]] += probability * (1 - probability)
        }
        let steps = zip(gradients, curvatures).map { max(-longestStep, min(longestStep, $0 / $1)) }
        for (bin, step) in steps.enumerated() {
          weights[variable][bin] += step
          longest = max(longest, abs(step))
        }
        for index in margins.indices { margins[index] += steps[binning.binOfItem[index]] }
      }
      if longest < smallStep { break }
    }
    return margins
  }
}
