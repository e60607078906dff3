import Clustering
import Records
import Testing

@Suite struct PrincipalComponentsTests {
  @Test func `directions are orthonormal eigenvectors of the covariance`() throws {
    let features = blobs(rows: 150, columns: 7, centres: 3, apart: 4, offset: 30)
    let fitted = try PrincipalComponents.fit(features, components: 7)
    #expect(fitted.count == 7)
    let rows = (0..<150).map { row(features, $0) }
    let columns: [[Double]] = (0..<7).map { column in
      let values = rows.map { $0[column] }
      let mean = values.reduce(0, +) / 150
      return values.map { $0 - mean }
    }
    let covariance: [[Double]] = columns.map { left in columns.map { right in dot(left, right) / 149 } }
    let directions = (0..<7).map { index in fitted.components[index * 7..<(index + 1) * 7].map(Double.init) }
    for (index, direction) in directions.enumerated() {
      for (other, second) in directions.enumerated() {
        #expect(abs(dot(direction, second) - (index == other ? 1 : 0)) < 1e-5)
      }
      for line in 0..<7 {
        #expect(abs(dot(covariance[line], direction) - fitted.variances[index] * direction[line]) < 1e-4)
      }
      #expect((direction.max { abs($0) < abs($1) } ?? 0) > 0)
    }
    #expect(fitted.variances == fitted.variances.sorted(by: >))
    #expect(abs(fitted.totalVariance - fitted.variances.reduce(0, +)) < 1e-9)
  }

  @Test func `coordinates have the variances and no mean`() throws {
    let features = blobs(rows: 1500, columns: 9, centres: 3, apart: 4)
    let fitted = try PrincipalComponents.fit(features, components: 2)
    let moved = try fitted.transform(features)
    #expect(moved.columns == 2 && moved.keys == features.keys)
    for component in 0..<2 {
      let values = (0..<1500).map { Double(moved.values[$0 * 2 + component]) }
      #expect(abs(values.reduce(0, +) / 1500) < 1e-4)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 1499 / fitted.variances[component] - 1) < 1e-4)
    }
  }

  @Test func `the number of threads changes no bit`() throws {
    let features = blobs(rows: 1500, columns: 200, centres: 3, apart: 2)
    let alone = try PrincipalComponents.fit(features, components: 5, threads: 1)
    #expect(try PrincipalComponents.fit(features, components: 5, threads: 3) == alone)
    #expect(try alone.transform(features, threads: 1) == alone.transform(features, threads: 4))
  }

  @Test func `fewer rows than columns give fewer components`() throws {
    let features = blobs(rows: 4, columns: 9, centres: 3, apart: 2)
    let fitted = try PrincipalComponents.fit(features, components: 8)
    #expect(fitted.count == 3)
    #expect(abs(fitted.variances.reduce(0, +) / fitted.totalVariance - 1) < 1e-6)
    #expect { try fitted.transform(blobs(rows: 2, columns: 3, centres: 1, apart: 0)) } throws: {
      ($0 as? ClusteringError)?.code == .shapeMismatch
    }
    #expect { try PrincipalComponents.fit(features.selecting([0]), components: 1) } throws: {
      ($0 as? ClusteringError)?.code == .noRows
    }
  }
}
