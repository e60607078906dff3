/// What an axis shows.
package struct PlotAxis: Sendable {
  package var title: String
  /// Shown exactly when given; found from the data, and widened to round numbers, otherwise.
  package var range: ClosedRange<Double>?
  /// Whether ticks stand on whole numbers only.
  package var isInteger: Bool
  /// Whether a range found from the data includes 0.
  package var includesZero: Bool
  /// Whether ticks and their numbers are drawn.
  package var showsTicks: Bool

  package init(
    _ title: String, range: ClosedRange<Double>? = nil, isInteger: Bool = false, includesZero: Bool = false,
    showsTicks: Bool = true
  ) {
    self.title = title
    self.range = range
    self.isInteger = isInteger
    self.includesZero = includesZero
    self.showsTicks = showsTicks
  }
}

/// The linear map from data to plot units along one axis, with its round ticks.
package struct PlotScale: Sendable {
  /// Data at both ends.
  package let domain: ClosedRange<Double>
  /// Plot units at `domain.lowerBound` and at `domain.upperBound`; falling for an axis that points up.
  package let ends: (lower: Double, upper: Double)
  package let ticks: [Double]
  private let decimals: Int

  /// A scale that shows `axis.range`, or all finite `values`.
  package init(axis: PlotAxis, values: some Sequence<Double>, ends: (lower: Double, upper: Double)) {
    let finite = values.filter(\.isFinite) + (axis.includesZero ? [0] : [])
    var lower = axis.range?.lowerBound ?? finite.min() ?? 0
    var upper = axis.range?.upperBound ?? finite.max() ?? 1
    if lower == upper {
      let half = max(abs(lower) * 0.1, axis.isInteger ? 1 : 0.5)
      (lower, upper) = (lower - half, upper + half)
    }
    let step = Self.step(for: upper - lower, isInteger: axis.isInteger)
    if axis.range == nil, !axis.showsTicks {
      let margin = (upper - lower) * 0.04
      (lower, upper) = (lower - margin, upper + margin)
    } else if axis.range == nil, !axis.isInteger {
      lower = (lower / step).rounded(.down) * step
      upper = (upper / step).rounded(.up) * step
    }
    domain = lower...upper
    self.ends = ends
    // A tick is a multiple of the step; the slack keeps the one at a bound that rounding moved past it.
    let first = (lower / step - 1e-9).rounded(.up)
    let last = (upper / step + 1e-9).rounded(.down)
    ticks = first > last ? [] : stride(from: first, through: last, by: 1).map { $0 * step }
    decimals = Self.decimals(for: step)
  }

  package func position(of value: Double) -> Double {
    let fraction = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return ends.lower + fraction * (ends.upper - ends.lower)
  }

  /// The number that stands at a tick.
  func label(_ tick: Double) -> String {
    decimals == 0 && abs(tick) < 1e15 ? Format.count(Int(tick.rounded())) : Format.decimal(tick, decimals)
  }

  /// The least of 1, 2 or 5 times a power of ten that cuts `span` into at most six.
  private static func step(for span: Double, isInteger: Bool) -> Double {
    var power = 1.0
    while span / power > 60 { power *= 10 }
    while span / power < 6 { power /= 10 }
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { span / $0 <= 6 } ?? power
    return isInteger ? max(1, step.rounded()) : step
  }

  private static func decimals(for step: Double) -> Int {
    var decimals = 0
    var scaled = step
    while decimals < 12, abs(scaled - scaled.rounded()) > 1e-6 * scaled {
      scaled *= 10
      decimals += 1
    }
    return decimals
  }
}
