internal import Engine
internal import Records
internal import Splitting

/// A second opinion on pictures that look alike: whether their features do.
struct FeatureAgreement {
  private let features: FeatureMatrix
  /// Row of each sample; `nil` where it has none.
  private let rows: [Int?]
  private let minimumCosine: Double

  /// - Parameter stage: id of the stage whose features are compared.
  /// - Throws: ``ToolError`` when no stage before has that id and puts features.
  init(_ samples: [Sample], from stage: String, minimumCosine: Double, inputs: TableInputs) throws {
    features = try inputs.features(from: stage)
    let places = Dictionary(zip(features.keys, features.keys.indices), uniquingKeysWith: { first, _ in first })
    rows = samples.map { places[$0.key] }
    self.minimumCosine = minimumCosine
  }

  /// Whether the features of both agree; pictures without any, such as faces without landmarks, are left to the pixels.
  func confirms(_ pair: NearDuplicate) -> Bool {
    guard let one = rows[pair.first], let other = rows[pair.second], let cosine = cosine(one, other) else {
      return true
    }
    return cosine >= minimumCosine
  }

  /// `nil` where one of the rows is zero.
  private func cosine(_ one: Int, _ other: Int) -> Double? {
    let columns = features.columns
    let left = features.values[one * columns..<(one + 1) * columns]
    let right = features.values[other * columns..<(other + 1) * columns]
    var (product, squares, otherSquares) = (0.0, 0.0, 0.0)
    for (a, b) in zip(left, right) {
      product += Double(a) * Double(b)
      squares += Double(a) * Double(a)
      otherSquares += Double(b) * Double(b)
    }
    return squares > 0 && otherSquares > 0 ? product / (squares * otherSquares).squareRoot() : nil
  }
}
