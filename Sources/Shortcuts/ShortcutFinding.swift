private import Foundation

/// How much one variable alone, or all of them together, tell of the label.
package struct ShortcutFinding: Codable, Hashable, Sendable {
  /// How the variable is read.
  package enum Kind: String, Codable, Hashable, Sendable {
    case number, category
    /// A number by its value, or range of values, whatever the direction.
    case bins = "by value"
    /// Whether there is a value at all.
    case presence
    /// A classifier over all variables.
    case together
  }

  /// Where a number is higher.
  package enum Direction: String, Codable, Hashable, Sendable {
    case higherInReals = "higher in reals"
    case higherInFakes = "higher in fakes"
  }

  package var name: String
  package var kind: Kind
  /// Area under the ROC curve: of a number at least 0.5, in the named ``direction``; of all else that of the probability
  /// learnt from the other folds, so that below 0.5 means nothing was learnt. `nil` where it cannot be told.
  package var areaUnderCurve: Double?
  package var direction: Direction?
  /// Of the area, by bootstrap over groups; `nil` for fewer than ``ShortcutAudit/fewestGroups`` groups of a class.
  package var interval: ShortcutInterval?
  /// Mutual information with the label, bits, corrected for the bias of counting; 0 at least.
  package var bits: Double
  package var bitsInterval: ShortcutInterval?
  /// Groups of either class with a value.
  package var realGroups: Int
  package var fakeGroups: Int
  package var reals: ClassValues
  package var fakes: ClassValues

  /// What the items of one class have.
  package struct ClassValues: Codable, Hashable, Sendable {
    /// Items with a value.
    package var count: Int
    /// Of a number: the 5th, 50th and 95th percentile, each the nearest value there is.
    package var low: Double?
    package var median: Double?
    package var high: Double?
    /// Of a category: the most frequent one, and the share of items that have it, 0 ... 1.
    package var mostFrequent: String?
    package var share: Double?

    package init(count: Int) { self.count = count }

    init(numbers: [Double]) {
      count = numbers.count
      let sorted = numbers.sorted()
      guard !sorted.isEmpty else { return }
      func percentile(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
      (low, median, high) = (percentile(0.05), percentile(0.5), percentile(0.95))
    }

    init(categories: [String]) {
      count = categories.count
      var counts: [String: Int] = [:]
      for category in categories { counts[category, default: 0] += 1 }
      guard let most = counts.min(by: { ($1.value, $0.key) < ($0.value, $1.key) }) else { return }
      mostFrequent = most.key
      share = Double(most.value) / Double(categories.count)
    }

    /// `256 (250 ... 300)`, or `png (98 %)`.
    package var text: String {
      if let low, let median, let high {
        let (low, median, high) = (Self.short(low), Self.short(median), Self.short(high))
        return low == high ? median : "\(median) (\(low) ... \(high))"
      }
      guard let mostFrequent, let share else { return "none" }
      return share < 1 ? "\(mostFrequent) (\(Int((share * 100).rounded())) %)" : mostFrequent
    }

    private static func short(_ value: Double) -> String {
      // What rounding leaves of a zero is none of the data's.
      if abs(value) < 1e-9 { return "0" }
      if abs(value) >= 1000 || value == value.rounded() { return String(format: "%.0f", value) }
      return String(format: abs(value) >= 10 ? "%.1f" : "%.3g", value)
    }
  }

  package init(
    name: String, kind: Kind, areaUnderCurve: Double?, direction: Direction? = nil, interval: ShortcutInterval? = nil,
    bits: Double = 0, bitsInterval: ShortcutInterval? = nil, realGroups: Int, fakeGroups: Int, reals: ClassValues,
    fakes: ClassValues
  ) {
    self.name = name
    self.kind = kind
    self.areaUnderCurve = areaUnderCurve
    self.direction = direction
    self.interval = interval
    self.bits = bits
    self.bitsInterval = bitsInterval
    self.realGroups = realGroups
    self.fakeGroups = fakeGroups
    self.reals = reals
    self.fakes = fakes
  }

  /// Whether the area is above `limit` by more than chance explains.
  package func exceeds(_ limit: Double) -> Bool { interval.map { $0.low > limit } ?? false }
}
