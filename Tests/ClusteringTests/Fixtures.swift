import Clustering
import Records

/// Rows around `centres` centres on a line of distance `apart`, with normal noise; row r belongs to centre r % centres.
func blobs(rows: Int, columns: Int, centres: Int, apart: Double, seed: UInt64 = 1, offset: Double = 0) -> FeatureMatrix
{
  var random = KeyedRandom(seed: seed, key: "blobs", stage: "test")
  var values: [Float] = []
  for row in 0..<rows {
    for column in 0..<columns {
      let centre = column % centres == row % centres ? apart : 0
      values.append(Float(offset + centre + random.normal()))
    }
  }
  return FeatureMatrix(keys: names(rows), columns: columns, values: values)
}

func names(_ rows: Int) -> [String] { (0..<rows).map { "k\(String(100_000 + $0))" } }

func matrix(_ rows: [[Float]]) -> FeatureMatrix {
  FeatureMatrix(keys: names(rows.count), columns: rows[0].count, values: rows.flatMap { $0 })
}

func row(_ matrix: FeatureMatrix, _ index: Int) -> [Double] {
  matrix.values[index * matrix.columns..<(index + 1) * matrix.columns].map(Double.init)
}

func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}

func dot(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).reduce(0.0) { $0 + $1.0 * $1.1 }
}
