/// What the measures of faces contribute to a report.
extension ReportModel {
  /// One measure of faces, in each class.
  package struct FaceMeasure: Codable, Hashable, Sendable {
    package var name: String
    package var real: Spread
    package var fake: Spread
    /// Area under the ROC curve of the measure alone as a score for "fake", 0 ... 1.
    package var areaUnderCurve: Double

    package init(name: String, real: Spread, fake: Spread, areaUnderCurve: Double) {
      self.name = name
      self.real = real
      self.fake = fake
      self.areaUnderCurve = areaUnderCurve
    }

    /// How far from 0.5 an area under the curve may lie before it is shown in red.
    static let tolerance = 0.15

    /// Whether the measure alone tells fakes from reals.
    var isShortcut: Bool { abs(areaUnderCurve - 0.5) > Self.tolerance }
  }

  /// The middle of a set of values and where nine tenths of them lie.
  package struct Spread: Codable, Hashable, Sendable {
    package var low: Double
    package var median: Double
    package var high: Double

    /// The 5th, 50th and 95th percentile, each the nearest value there is; `nil` for no values.
    package init?(_ values: [Double]) {
      let sorted = values.filter(\.isFinite).sorted()
      guard !sorted.isEmpty else { return nil }
      func percentile(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
      low = percentile(0.05)
      median = percentile(0.5)
      high = percentile(0.95)
    }
  }
}
