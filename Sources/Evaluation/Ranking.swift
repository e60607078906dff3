internal import Records

/// Items by falling score, equal scores together: what every measure of order is counted from, again and again with
/// other weights.
struct RankOrder: Sendable {
  private let order: [Int32]
  /// Whether the item at a place of ``order`` is the last of its score.
  private let endsStep: [Bool]
  private let scores: [Double]
  private let labels: [Label]

  /// - Throws: for a NaN score and unequal counts.
  init(scores: [Double], labels: [Label]) throws(EvaluationError) {
    try EvaluationError.requireEqualCounts(scores.count, labels.count)
    if let index = scores.firstIndex(where: \.isNaN) {
      throw EvaluationError(
        code: .notANumber, message: "score \(index) of \(scores.count) is NaN; the model has diverged")
    }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    endsStep = order.indices.map { $0 + 1 == order.count || scores[order[$0 + 1]] != scores[order[$0]] }
    self.order = order.map { Int32($0) }
    self.scores = scores
    self.labels = labels
  }

  /// The counts, each item as often as `weights` says, once without; `nil` when a class is missing.
  func ranking(weights: [Int32]? = nil) -> Ranking? {
    var counts = [Ranking.Count(threshold: nil, reals: 0, fakes: 0)]
    counts.reserveCapacity(order.count + 1)
    var here = counts[0]
    var isChanged = false
    for (place, index) in order.enumerated() {
      let weight = weights.map { Int($0[Int(index)]) } ?? 1
      if weight > 0 {
        isChanged = true
        switch labels[Int(index)] {
        case .real: here.reals += weight
        case .fake: here.fakes += weight
        }
      }
      guard endsStep[place], isChanged else { continue }
      here.threshold = scores[Int(index)]
      counts.append(here)
      isChanged = false
    }
    return here.reals > 0 && here.fakes > 0 ? Ranking(counts: counts, reals: here.reals, fakes: here.fakes) : nil
  }
}

/// How many of each class score at least each distinct score, highest first, after a start where none does.
struct Ranking {
  struct Count {
    var threshold: Double?
    var reals: Int
    var fakes: Int
  }

  let counts: [Count]
  let reals: Int
  let fakes: Int
  /// Each count with the one before it.
  private var steps: Zip2Sequence<[Count], ArraySlice<Count>> { zip(counts, counts.dropFirst()) }

  /// Counted in integers, divided once.
  var areaUnderCurve: Double {
    var doubledWins = 0
    for (before, here) in steps {
      doubledWins += (here.fakes - before.fakes) * (2 * (reals - here.reals) + here.reals - before.reals)
    }
    return Double(doubledWins) / (2 * Double(reals) * Double(fakes))
  }

  var averagePrecision: Double {
    var sum = 0.0
    for (before, here) in steps {
      sum += Double(here.fakes - before.fakes) * Double(here.fakes) / Double(here.fakes + here.reals)
    }
    return sum / Double(fakes)
  }

  var equalErrorRate: Double {
    // FPR + TPR - 1 climbs from -1 to 1 along the curve; the rate is the FPR where it is 0.
    func excess(_ point: ROCPoint) -> Double { point.falsePositiveRate + point.truePositiveRate - 1 }
    var before = point(counts[0])
    for count in counts.dropFirst() {
      let here = point(count)
      if excess(here) >= 0 {
        let share = -excess(before) / (excess(here) - excess(before))
        return before.falsePositiveRate + share * (here.falsePositiveRate - before.falsePositiveRate)
      }
      before = here
    }
    return 1
  }

  func truePositiveRate(atFalsePositiveRate rate: Double) -> Double {
    let last = counts.last { Double($0.reals) / Double(reals) <= rate }
    return last.map { Double($0.fakes) / Double(fakes) } ?? 0
  }

  func point(_ count: Count) -> ROCPoint {
    ROCPoint(
      threshold: count.threshold, falsePositiveRate: Double(count.reals) / Double(reals),
      truePositiveRate: Double(count.fakes) / Double(fakes))
  }
}
