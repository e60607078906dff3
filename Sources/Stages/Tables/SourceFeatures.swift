internal import Records

/// Features of sources: the mean direction of their crops'.
struct SourceFeatures {
  /// A row per source, by name; its key is the source's.
  private(set) var matrix = FeatureMatrix(keys: [], columns: 0, values: [])
  /// Key of the first crop of each.
  private(set) var samples: [String] = []
  /// A number for each one's family.
  private(set) var families: [Int] = []

  /// Made samples, and rows of zeros, say nothing about their source.
  init(_ samples: [Sample], _ features: FeatureMatrix, labels: Set<Label>) {
    let rows = Dictionary(zip(features.keys, features.keys.indices), uniquingKeysWith: { first, _ in first })
    let columns = features.columns
    var members: [String: [(key: String, row: Int, family: String)]] = [:]
    for sample in samples where !sample.isMade && labels.contains(sample.label) {
      guard let row = rows[sample.key] else { continue }
      let isKnown = features.values[row * columns..<(row + 1) * columns].contains { $0 != 0 }
      if isKnown { members[sample.sourceName, default: []].append((sample.key, row, sample.family)) }
    }
    var values: [Float] = []
    var numbers: [String: Int] = [:]
    let names = members.keys.sorted()
    for name in names {
      let crops = (members[name] ?? []).sorted { $0.key < $1.key }
      var mean = [Double](repeating: 0, count: columns)
      for crop in crops {
        let row = features.values[crop.row * columns..<(crop.row + 1) * columns].map(Double.init)
        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for column in 0..<columns { mean[column] += row[column] / length }
      }
      values += mean.map { Float($0 / Double(crops.count)) }
      guard let first = crops.first else { continue }
      self.samples.append(first.key)
      let number = numbers[first.family] ?? numbers.count
      numbers[first.family] = number
      families.append(number)
    }
    matrix = FeatureMatrix(keys: names, columns: columns, values: values)
  }
}
