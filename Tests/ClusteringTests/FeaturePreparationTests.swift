import Clustering
import Records
import Testing

@Suite struct FeaturePreparationTests {
  private typealias Row = FeaturePreparation.Row

  /// Fakes lie 9 from reals in every column, and every clip 3 from the next in one.
  private func clips(_ rows: Int) -> (features: FeatureMatrix, rows: [Row]) {
    var features = blobs(rows: rows, columns: 8, centres: 1, apart: 0, seed: 4)
    let described = (0..<rows).map { Row(kind: $0 % 2 == 0 ? "real" : "fake", clip: "clip \($0 / 5)") }
    for (row, description) in described.enumerated() {
      for column in 0..<8 { features.values[row * 8 + column] += description.kind == "fake" ? 9 : 0 }
      features.values[row * 8 + 2] += Float(row / 5 % 4 * 3)
    }
    return (features, described)
  }

  private func mean(_ features: FeatureMatrix, _ rows: [Int]) -> [Double] {
    (0..<features.columns).map { column in
      rows.reduce(0) { $0 + Double(features.values[$1 * features.columns + column]) } / Double(rows.count)
    }
  }

  @Test func `class and clip means go`() throws {
    let (features, rows) = clips(200)
    for (centre, parts) in [(FeaturePreparation.Centre.class, rows.map(\.kind)), (.clip, rows.map(\.clip))] {
      let prepare = try FeaturePreparation(fittedOn: features, rows, options: .init(centre: centre))
      let prepared = try prepare(features, rows)
      for part in Set(parts) {
        #expect(mean(prepared, parts.indices.filter { parts[$0] == part }).allSatisfy { abs($0) < 1e-5 })
      }
    }
    let asIs = try FeaturePreparation(fittedOn: features, rows, options: .init())
    #expect(try asIs(features, rows) == features)
  }

  @Test func `components are as many as asked, white and of length one where asked`() throws {
    let (features, rows) = clips(300)
    let white = try FeaturePreparation(fittedOn: features, rows, options: .init(components: 5, whitens: true))
    let prepared = try white(features, rows)
    #expect(prepared.columns == 5)
    for left in 0..<5 {
      for right in 0...left {
        let product = (0..<300).reduce(0.0) {
          $0 + Double(prepared.values[$1 * 5 + left]) * Double(prepared.values[$1 * 5 + right])
        }
        #expect(abs(product / 299 - (left == right ? 1 : 0)) < 1e-3)
      }
    }
    let unit = try FeaturePreparation(
      fittedOn: features, rows, options: .init(centre: .class, components: 4, normalises: true))
    let lengths = try unit(features, rows)
    for row in 0..<300 {
      #expect(abs(dot(ClusteringTests.row(lengths, row), ClusteringTests.row(lengths, row)) - 1) < 1e-5)
    }
    #expect {
      try FeaturePreparation(fittedOn: features, rows, options: .init(whitens: true))
    } throws: {
      ($0 as? ClusteringError)?.code == .badOption
    }
  }

  /// A constant column has no variance to be divided by.
  @Test func `whitening leaves what does not vary`() throws {
    let features = matrix((0..<20).map { [Float($0), 7, Float($0 % 3) * 1e-6] })
    let rows = [Row](repeating: Row(kind: "fake", clip: "a"), count: 20)
    let white = try FeaturePreparation(fittedOn: features, rows, options: .init(components: 3, whitens: true))
    #expect(try white(features, rows).values.allSatisfy { $0.isFinite && abs($0) < 3 })
  }
}
