package import Records

/// What is done to features before they are clustered: means taken away, principal components, unit variance, unit
/// length, in this order.
///
/// Fitted on training rows alone.
package struct FeaturePreparation: Sendable, Hashable {
  /// Whose mean is taken away from a row.
  package enum Centre: String, Codable, Hashable, Sendable, CaseIterable {
    case none
    /// Of the training rows of its class: what is left does not tell the classes apart.
    case `class`
    /// Of the rows of its own clip: what is left does not tell clips apart.
    case clip
  }

  package struct Options: Codable, Hashable, Sendable {
    package var centre: Centre
    /// Principal components kept; `nil` for the features as they are.
    package var components: Int?
    /// Whether each component is divided by its deviation.
    package var whitens: Bool
    /// Whether each row is scaled to length 1 at the end.
    package var normalises: Bool

    package init(centre: Centre = .none, components: Int? = nil, whitens: Bool = false, normalises: Bool = false) {
      self.centre = centre
      self.components = components
      self.whitens = whitens
      self.normalises = normalises
    }
  }

  private let options: Options
  private let classMeans: [String: [Float]]
  private let components: PrincipalComponents?
  /// What each component is divided by.
  private let deviations: [Float]

  /// Share of the greatest variance below which a component is noise, and is left as small as it is.
  private static let leastVariance = 1e-6

  /// - Parameters:
  ///   - training: rows of training samples, no others.
  ///   - rows: for each of them, its class and its clip.
  /// - Throws: when whitening is asked for without components, or the components cannot be found.
  package init(
    fittedOn training: FeatureMatrix, _ rows: [Row], options: Options, threads: Int? = nil
  ) throws(ClusteringError) {
    guard !options.whitens || options.components != nil else {
      throw ClusteringError(code: .badOption, message: "whitening is of principal components; say how many to keep")
    }
    guard training.rows == rows.count else {
      throw ClusteringError(code: .shapeMismatch, message: "\(rows.count) descriptions of \(training.rows) rows")
    }
    try ClusteringError.requireFinite(training)
    self.options = options
    classMeans = options.centre == .class ? Self.means(training, of: rows.map(\.kind)) : [:]
    guard let count = options.components else {
      (components, deviations) = (nil, [])
      return
    }
    let centred = Self.centred(training, rows, options.centre, classMeans)
    let components = try PrincipalComponents.fit(centred, components: count, threads: threads)
    let least = (components.variances.first ?? 0) * Self.leastVariance
    self.components = components
    deviations = components.variances.map { options.whitens && $0 > least ? Float($0.squareRoot()) : 1 }
  }

  /// A row's class, whatever it is called, and the clip that it is from.
  package struct Row: Hashable, Sendable {
    package var kind: String
    package var clip: String

    package init(kind: String, clip: String) {
      self.kind = kind
      self.clip = clip
    }
  }

  /// Features made ready; a clip's rows must be given together.
  package func callAsFunction(
    _ features: FeatureMatrix, _ rows: [Row], threads: Int? = nil
  ) throws(ClusteringError) -> FeatureMatrix {
    guard features.rows == rows.count else {
      throw ClusteringError(code: .shapeMismatch, message: "\(rows.count) descriptions of \(features.rows) rows")
    }
    var result = Self.centred(features, rows, options.centre, classMeans)
    if let components {
      result = try components.transform(result, threads: threads)
      for index in result.values.indices { result.values[index] /= deviations[index % deviations.count] }
    }
    if options.normalises { Self.normalise(&result) }
    return result
  }

  private static func centred(
    _ features: FeatureMatrix, _ rows: [Row], _ centre: Centre, _ classMeans: [String: [Float]]
  ) -> FeatureMatrix {
    switch centre {
    case .none: features
    case .class: subtracting(features, classMeans, of: rows.map(\.kind))
    case .clip: subtracting(features, means(features, of: rows.map(\.clip)), of: rows.map(\.clip))
    }
  }

  private static func subtracting<Part: Hashable>(
    _ features: FeatureMatrix, _ means: [Part: [Float]], of parts: [Part]
  ) -> FeatureMatrix {
    var result = features
    for (row, part) in parts.enumerated() {
      guard let mean = means[part] else { continue }
      for column in 0..<features.columns { result.values[row * features.columns + column] -= mean[column] }
    }
    return result
  }

  /// Mean row of each part, summed in the order of the rows.
  private static func means<Part: Hashable>(_ features: FeatureMatrix, of parts: [Part]) -> [Part: [Float]] {
    var members: [Part: [Int]] = [:]
    for (row, part) in parts.enumerated() { members[part, default: []].append(row) }
    return members.mapValues { rows in
      var sums = [Double](repeating: 0, count: features.columns)
      for row in rows {
        for column in 0..<features.columns { sums[column] += Double(features.values[row * features.columns + column]) }
      }
      return sums.map { Float($0 / Double(rows.count)) }
    }
  }

  /// Scales rows to length 1; a row of zeros stays one.
  private static func normalise(_ features: inout FeatureMatrix) {
    for row in 0..<features.rows {
      let range = row * features.columns..<(row + 1) * features.columns
      let length = features.values[range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 0 else { continue }
      for index in range { features.values[index] = Float(Double(features.values[index]) / length) }
    }
  }
}
