internal import Clustering
private import Engine
private import Foundation
internal import Records
private import Shortcuts
internal import Splitting

/// `hardness.json`: how unlike validation and training are, for several splits of the same samples.
struct SplitHardness: Codable {
  /// One fold of a split, or the mean over its folds.
  struct Row: Codable {
    /// `random`, `group-random`, `official`, or the split of the pipeline.
    var name: String
    /// `nil` for the mean over the folds.
    var fold: Int?
    var trainSamples: Int
    var validationSamples: Int
    /// How well a classifier tells, of groups that it has not seen, which side a sample is on: 0.5 where the sides are
    /// alike. `nil` where a side has fewer groups than ``ShortcutAudit/fewestGroups``: what is learned without some of so few
    /// says the opposite of them as readily as the truth.
    var twoSampleAUC: Double?
    /// Its 95 % interval, by bootstrap over groups; `nil` for means.
    var twoSampleAUCLow: Double?
    var twoSampleAUCHigh: Double?
    /// Squared, see ``SetDistance/frechet(_:_:)``; `nil` for a side of one sample.
    var frechetDistance: Double?
    /// Mean distance of a validation sample to the nearest training sample.
    var nearestNeighbourDistance: Double
  }

  /// What was measured on: a stage's id, or `statistics`.
  var features: String
  var splits: [Row] = []
  /// What was left out, and why.
  var notes: [String] = []

  /// The mean row of a split.
  func mean(of name: String) -> Row? { splits.first { $0.name == name && $0.fold == nil } }
}

/// The places of the samples on both sides of one fold.
struct FoldSides {
  var training: [Int]
  var validation: [Int]
}

/// Measures folds on features made comparable: every column of mean 0 and one deviation, the variance of all together 1,
/// then principal components.
struct HardnessMeasure {
  private let features: FeatureMatrix
  private let groups: [String]
  private let mostSamples: Int
  private let seed: UInt64

  /// Components that are kept; few, so that small folds are not told apart by chance.
  private static let components = 16
  private static let replicates = 200

  /// - Parameters:
  ///   - groups: group of each row, of which no part is in both what the classifier learns and what it is asked.
  ///   - mostSamples: of each side of a fold; of more, those of the least key hashes are looked at.
  init(_ features: FeatureMatrix, groups: [String], mostSamples: Int, seed: UInt64) throws {
    self.groups = groups
    self.mostSamples = mostSamples
    self.seed = seed
    let standard = Self.standardised(features)
    self.features =
      standard.columns > Self.components
      ? try PrincipalComponents.fit(standard, components: Self.components).transform(standard) : standard
  }

  /// Rows for every fold of a split, and their mean where there are several.
  func rows(_ name: String, _ folds: [FoldSides]) throws -> [SplitHardness.Row] {
    let rows = try folds.enumerated().map { try row(name, fold: $0, $1) }
    func mean(_ value: (SplitHardness.Row) -> Double?) -> Double? {
      let values = rows.compactMap(value)
      return values.count == rows.count ? values.reduce(0, +) / Double(values.count) : nil
    }
    guard !rows.isEmpty else { return [] }
    let whole = SplitHardness.Row(
      name: name, fold: nil, trainSamples: rows.reduce(0) { $0 + $1.trainSamples } / rows.count,
      validationSamples: rows.reduce(0) { $0 + $1.validationSamples } / rows.count,
      twoSampleAUC: mean(\.twoSampleAUC), frechetDistance: mean(\.frechetDistance),
      nearestNeighbourDistance: mean(\.nearestNeighbourDistance) ?? 0)
    return [whole] + rows
  }

  private func row(_ name: String, fold: Int, _ sides: FoldSides) throws -> SplitHardness.Row {
    let (training, validation) = (looked(sides.training), looked(sides.validation))
    let (left, right) = (features.selecting(training), features.selecting(validation))
    // Where groups are too few for an interval, the area is chance alone.
    let together = try audit(training, validation).flatMap { $0.interval == nil ? nil : $0 }
    return SplitHardness.Row(
      name: name, fold: fold, trainSamples: sides.training.count, validationSamples: sides.validation.count,
      twoSampleAUC: together?.areaUnderCurve, twoSampleAUCLow: together?.interval?.low,
      twoSampleAUCHigh: together?.interval?.high,
      frechetDistance: min(left.rows, right.rows) > 1 ? try SetDistance.frechet(left, right) : nil,
      nearestNeighbourDistance: try SetDistance.meanNearest(of: right, among: left))
  }

  /// The classifier of all columns together, with the side in place of the label.
  private func audit(_ training: [Int], _ validation: [Int]) throws -> ShortcutFinding? {
    let rows = training + validation
    let items = rows.enumerated().map { place, row in
      ShortcutTable.Item(
        key: features.keys[row], group: groups[row], label: place < training.count ? .real : .fake)
    }
    let variables = (0..<features.columns).map { column in
      ShortcutVariable(
        "\(column)", .numbers(rows.map { Double(features.values[$0 * features.columns + column]) }))
    }
    return try ShortcutAudit(ShortcutTable(items, variables), seed: seed, replicates: Self.replicates).together
  }

  private func looked(_ places: [Int]) -> [Int] {
    KeySample.places(
      places.map { features.keys[$0] }, count: mostSamples, seed: seed, stage: "compare-splits"
    ).map { places[$0] }
  }

  /// Columns of mean 0 and one deviation, which makes the variance of all together 1; those that do not vary become 0.
  private static func standardised(_ features: FeatureMatrix) -> FeatureMatrix {
    var result = features
    let (rows, columns) = (features.rows, features.columns)
    var varying = 0
    for column in 0..<columns {
      var (sum, squares) = (0.0, 0.0)
      for row in 0..<rows { sum += Double(features.values[row * columns + column]) }
      let mean = sum / Double(rows)
      for row in 0..<rows {
        let difference = Double(features.values[row * columns + column]) - mean
        squares += difference * difference
      }
      let deviation = (squares / Double(rows)).squareRoot()
      let varies = deviation > 1e-9 * max(1, abs(mean))
      varying += varies ? 1 : 0
      for row in 0..<rows {
        let value = Double(features.values[row * columns + column]) - mean
        result.values[row * columns + column] = varies ? Float(value / deviation) : 0
      }
    }
    let scale = 1 / Float(max(1, varying)).squareRoot()
    for index in result.values.indices { result.values[index] *= scale }
    return result
  }
}

extension FeatureMatrix {
  /// Simple statistics of crops, as their records hold them: nothing that a network saw.
  init(statisticsOf samples: [Sample]) {
    let rows = samples.map { sample -> [Double] in
      let quality = sample.quality
      return [
        log2(max(1, quality.facePixels)), quality.upscale, log2(1 + max(0, quality.sharpness)), quality.brightness,
        quality.contrast, quality.cutFraction, quality.blockiness, quality.fineDetail,
      ]
    }
    self.init(
      keys: samples.map(\.key), columns: rows.first?.count ?? 0, values: rows.flatMap { $0.map { Float($0) } })
  }
}
