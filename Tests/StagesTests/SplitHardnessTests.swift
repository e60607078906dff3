import Records
import Testing

@testable import Stages

@Suite struct SplitHardnessTests {
  private static let groupCount = 60
  private static let groupRows = 6

  /// Groups of rows that lie together, in four heaps; group g is of heap g % 4.
  private static let features: FeatureMatrix = {
    var random = KeyedRandom(seed: 2, key: "heaps", stage: "test")
    var values: [Float] = []
    for group in 0..<groupCount {
      let centre = (0..<20).map { column in (column % 4 == group % 4 ? 3.0 : 0) + random.normal() }
      for _ in 0..<groupRows { values += centre.map { Float($0 + 0.2 * random.normal()) } }
    }
    let keys = (0..<groupCount * groupRows).map { "k\(10_000 + $0)" }
    return FeatureMatrix(keys: keys, columns: 20, values: values)
  }()

  private static let groups = (0..<groupCount * groupRows).map { "group \($0 / groupRows)" }

  /// Folds by what a row is told apart by.
  private func folds(_ part: (Int) -> Int) -> [FoldSides] {
    let rows = Array(0..<Self.groupCount * Self.groupRows)
    return (0..<4).map { fold in
      FoldSides(training: rows.filter { part($0) != fold }, validation: rows.filter { part($0) == fold })
    }
  }

  @Test func `folds by cluster are harder than by group, those than by sample`() throws {
    let measure = try HardnessMeasure(Self.features, groups: Self.groups, mostSamples: 1000, seed: 1)
    let cluster = try measure.rows("cluster", folds { $0 / Self.groupRows % 4 })
    let group = try measure.rows("group", folds { $0 / Self.groupRows / 4 % 4 })
    let random = try measure.rows("random", folds { ($0 * 7 + $0 / 5) % 4 })
    for rows in [cluster, group, random] {
      #expect(rows.map(\.fold) == [nil, 0, 1, 2, 3])
      #expect(rows.allSatisfy { $0.trainSamples + $0.validationSamples == Self.groupCount * Self.groupRows })
    }
    let (hard, fair, easy) = (cluster[0], group[0], random[0])
    let areas = try [hard, fair, easy].map { try #require($0.twoSampleAUC) }
    #expect(areas[0] > 0.97 && abs(areas[1] - 0.5) < 0.2 && abs(areas[2] - 0.5) < 0.1)
    let low = try #require(cluster[1].twoSampleAUCLow)
    #expect(low > 0.8)
    let distances = try [hard, fair, easy].map { try #require($0.frechetDistance) }
    #expect(distances[0] > 2 * distances[1] && distances[1] > 2 * distances[2])
    #expect(hard.nearestNeighbourDistance > 1.2 * fair.nearestNeighbourDistance)
    #expect(fair.nearestNeighbourDistance > 2 * easy.nearestNeighbourDistance)
  }

  @Test func `a side of few groups has no AUC, and of many samples some are looked at`() throws {
    let measure = try HardnessMeasure(Self.features, groups: Self.groups, mostSamples: 60, seed: 1)
    let one = try measure.rows("one", [FoldSides(training: Array(12..<360), validation: Array(0..<6))])
    #expect(one.count == 2 && one[1].twoSampleAUC == nil && one[1].trainSamples == 348)
    for (groups, isTold) in [(5, false), (6, true)] {
      let last = groups * Self.groupRows
      let few = try measure.rows("few", [FoldSides(training: Array(last..<360), validation: Array(0..<last))])
      #expect((few[1].twoSampleAUC != nil) == isTold && (few[1].twoSampleAUCLow != nil) == isTold)
    }
    #expect(try measure.rows("none", []).isEmpty)
  }
}
