private import Foundation
package import Records

/// A map on which near rows lie near one another: t-SNE, with exact neighbours and Barnes-Hut repulsion.
///
/// Begins with the first two principal components; 250 iterations with exaggerated attraction, then the rest without.
/// The same features and options give the same bits on any number of threads.
///
/// Source: van der Maaten and Hinton 2008; the step size by Belkina et al. 2019; initialisation by Kobak and Berens 2019.
package struct NeighbourMap: Sendable, Hashable {
  package struct Options: Codable, Hashable, Sendable {
    /// How many neighbours a row has in effect; never more than a third of the other rows.
    package var perplexity = 30.0
    /// Rounds, the exaggerated ones included.
    package var iterations = 750
    /// Accuracy of the repulsion: 0 is exact, larger is quicker.
    package var theta = 0.4
    package var seed: UInt64 = 0

    package init(perplexity: Double = 30, iterations: Int = 750, theta: Double = 0.4, seed: UInt64 = 0) {
      self.perplexity = perplexity
      self.iterations = iterations
      self.theta = theta
      self.seed = seed
    }
  }

  /// float32 `[rows, 2]`, centred.
  package private(set) var coordinates: [Float]
  /// Kullback-Leibler divergence of the map's likenesses from the rows', with the repulsion's approximation.
  package private(set) var divergence: Double
  /// The one that was used.
  package private(set) var perplexity: Double

  /// - Parameter features: of few columns, 50 or so; reduce wider ones by ``PrincipalComponents`` first.
  /// - Throws: when there are no rows, an option makes no sense, or a value is not finite.
  package init(
    _ features: FeatureMatrix, options: Options = Options(), threads: Int? = nil
  ) throws(ClusteringError) {
    guard features.rows > 0, features.columns > 0 else {
      throw ClusteringError(
        code: .noRows, message: "there is nothing to map: \(features.rows) x \(features.columns) features")
    }
    guard options.perplexity > 0, options.iterations >= 0, (0...1).contains(options.theta) else {
      throw ClusteringError(
        code: .badOption,
        message: "perplexity must be positive, iterations not negative, theta in 0...1: \(options)")
    }
    try BLAS.require()
    try ClusteringError.requireFinite(features)
    guard features.rows > 1 else {
      (coordinates, divergence, perplexity) = ([0, 0], 0, options.perplexity)
      return
    }
    let threads = threads ?? Parallel.allCores
    perplexity = max(1, min(options.perplexity, Double(features.rows - 1) / 3))
    let neighbours = max(1, min(features.rows - 1, Int(3 * perplexity)))
    let affinities = NeighbourAffinities(
      NearestRows(features, count: neighbours, threads: threads), perplexity: perplexity, threads: threads)
    var descent = MapDescent(
      places: try Self.start(features, seed: options.seed, threads: threads), affinities: affinities,
      theta: options.theta, threads: threads)
    for iteration in 0..<options.iterations { descent.step(exaggeration: iteration < 250 ? 12 : 1) }
    coordinates = descent.places.flatMap { [$0.x, $0.y] }
    divergence = descent.divergence()
  }

  /// The first two principal components with a deviation of 1e-4 along the first, and a trace of noise by key, so that
  /// equal rows can part.
  private static func start(
    _ features: FeatureMatrix, seed: UInt64, threads: Int
  ) throws(ClusteringError) -> [SIMD2<Float>] {
    let components = try PrincipalComponents.fit(features, components: 2, threads: threads)
    let plane = try components.transform(features, threads: threads)
    let deviation = (components.variances.first ?? 0).squareRoot()
    let scale = deviation > 0 ? Float(1e-4 / deviation) : 0
    return features.keys.indices.map { row in
      var random = KeyedRandom(seed: seed, key: features.keys[row], stage: "map")
      let noise = SIMD2(Float(random.normal()), Float(random.normal())) * 1e-6
      let x = plane.values[row * plane.columns]
      let y = plane.columns > 1 ? plane.values[row * plane.columns + 1] : 0
      return SIMD2(x, y) * scale + noise
    }
  }
}

/// Gradient descent with momentum and gains on the divergence of a map.
struct MapDescent {
  private(set) var places: [SIMD2<Float>]
  private var steps: [SIMD2<Float>]
  private var gains: [SIMD2<Float>]
  private var forces: [SIMD2<Float>]
  private let affinities: NeighbourAffinities
  private let tree: RepulsionTree
  private let threads: Int

  private static let momentum: Float = 0.8
  /// No point goes farther in one step.
  private static let longestStep: Float = 5
  private static let blockRows = 512

  init(places: [SIMD2<Float>], affinities: NeighbourAffinities, theta: Double, threads: Int) {
    self.places = places
    self.affinities = affinities
    self.threads = threads
    steps = [SIMD2<Float>](repeating: SIMD2(), count: places.count)
    gains = [SIMD2<Float>](repeating: SIMD2(repeating: 1), count: places.count)
    forces = steps
    tree = RepulsionTree(theta: theta, threads: threads)
  }

  /// One round: learning rate rows / exaggeration.
  mutating func step(exaggeration: Float) {
    let gradient = gradient(exaggeration: exaggeration)
    let rate = max(200, Float(places.count) / exaggeration)
    var sum = SIMD2<Double>()
    for row in places.indices {
      let turned = (gradient[row] .> 0) .!= (steps[row] .> 0)
      gains[row] = pointwiseMax(
        (gains[row] * 0.8).replacing(with: gains[row] + 0.2, where: turned), SIMD2(repeating: 0.01))
      var step = steps[row] * Self.momentum - gains[row] * gradient[row] * rate
      let length = (step * step).sum().squareRoot()
      if length > Self.longestStep { step *= Self.longestStep / length }
      steps[row] = step
      places[row] += step
      sum += SIMD2<Double>(places[row])
    }
    let mean = SIMD2<Float>(sum / Double(places.count))
    for row in places.indices { places[row] -= mean }
  }

  /// The gradient of the divergence, over 4, at the places of now.
  mutating func gradient(exaggeration: Float) -> [SIMD2<Float>] {
    let push = 1 / Float(tree.repulsion(places, into: &forces))
    return [SIMD2<Float>](unsafeUninitializedCapacity: places.count) { buffer, count in
      forces.withUnsafeBufferPointer { forces in
        places.withUnsafeBufferPointer { places in
          affinities.withEntries { entries in
            guard let start = places.baseAddress else { return }
            nonisolated(unsafe) let (target, repulsion, places, affinities) = (buffer, forces, start, entries)
            Parallel.forEachBlock(of: Self.blockRows, in: forces.count, threads: threads) { block in
              for row in block {
                let pull = affinities.attraction(row, places) * exaggeration
                target.initializeElement(at: row, to: pull - repulsion[row] * push)
              }
            }
          }
        }
      }
      count = places.count
    }
  }

  /// What the rounds make small, at the places of now.
  mutating func divergence() -> Double {
    let pairs = tree.repulsion(places, into: &forces)
    var spread = 0.0
    places.withUnsafeBufferPointer { places in
      affinities.withEntries { entries in
        guard let start = places.baseAddress else { return }
        for row in places.indices { spread += entries.spread(row, start) }
      }
    }
    return affinities.negativeEntropy + spread + log(pairs)
  }
}
