/// A variable cut into few bins: for mutual information, and for the classifier of all variables together.
struct Binning {
  /// Bin of each item.
  let binOfItem: [Int]
  let count: Int
  /// Name of each bin of a categorical variable.
  let names: [String]

  /// Most bins of a number; where there are no more distinct values than that, and half as many as observations, each has
  /// its own.
  static let numericBins = 16
  /// Fewest observations that a bin of many values is cut for.
  static let observationsOfBin = 5
  /// Most categories; the rarer ones share the last.
  static let categoryLimit = 64
  /// The category of items without a value.
  static let absent = "(none)"
  /// The category of all that are too many.
  static let others = "(others)"

  /// One bin for all.
  static func one(_ itemCount: Int) -> Binning {
    Binning(binOfItem: [Int](repeating: 0, count: itemCount), count: 1, names: [])
  }

  private init(binOfItem: [Int], count: Int, names: [String]) {
    (self.binOfItem, self.count, self.names) = (binOfItem, count, names)
  }

  /// - Parameter observations: how many items are not repetitions of others.
  init(_ variable: ShortcutVariable, observations: Int) {
    switch variable.values {
    case .numbers(let values): self.init(numbers: values, observations: observations)
    case .categories(let values): self.init(categories: values)
    }
  }

  /// Bins of about equal numbers of items, equal values together; items without a value have the last bin to themselves.
  private init(numbers: [Double?], observations: Int) {
    let places = numbers.indices.filter { numbers[$0]?.isFinite ?? false }
    let values = places.map { numbers[$0] ?? 0 }
    let order = values.indices.sorted { values[$0] < values[$1] }
    var runs: [Range<Int>] = []
    for place in order.indices where place == 0 || values[order[place]] != values[order[place - 1]] {
      if let last = runs.popLast() { runs.append(last.lowerBound..<place) }
      runs.append(place..<order.count)
    }
    let isFew = runs.count <= Self.numericBins && runs.count * 2 <= observations
    let most = max(2, min(Self.numericBins, observations / Self.observationsOfBin))
    var bins = [Int](repeating: -1, count: numbers.count)
    var bin = -1
    for (index, run) in runs.enumerated() {
      func share(_ run: Range<Int>) -> Int { run.lowerBound * most / max(1, order.count) }
      if index == 0 || isFew || share(run) > share(runs[index - 1]) { bin += 1 }
      for place in run { bins[places[order[place]]] = bin }
    }
    let hasAbsent = places.count < numbers.count
    binOfItem = bins.map { $0 < 0 ? bin + 1 : $0 }
    count = bin + 1 + (hasAbsent ? 1 : 0)
    names = []
  }

  private init(categories: [String?]) {
    var counts: [String: Int] = [:]
    for value in categories { counts[value ?? Self.absent, default: 0] += 1 }
    var kept = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    if kept.count > Self.categoryLimit { kept = Array(kept.prefix(Self.categoryLimit - 1)) }
    kept.sort()
    if kept.count < counts.count { kept.append(Self.others) }
    let codes = Dictionary(kept.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    binOfItem = categories.map { codes[$0 ?? Self.absent] ?? kept.count - 1 }
    count = kept.count
    names = kept
  }
}
