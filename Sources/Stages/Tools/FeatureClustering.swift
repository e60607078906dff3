private import Clustering
private import Engine
private import Foundation

/// k-means over anybody's features: the verb `cluster`.
package struct FeatureClustering: Encodable {
  /// How rows are divided; the same as the stage's options where they have the same name.
  package struct Options: Sendable {
    package var clusters: Int
    package var metric: String
    package var algorithm: String
    package var batch: Int
    package var starts: Int
    package var iterations: Int
    package var tolerance: Double
    package var seed: UInt64

    package init(
      clusters: Int, metric: String, algorithm: String, batch: Int, starts: Int, iterations: Int, tolerance: Double,
      seed: UInt64
    ) {
      (self.clusters, self.metric, self.algorithm, self.batch) = (clusters, metric, algorithm, batch)
      (self.starts, self.iterations, self.tolerance, self.seed) = (starts, iterations, tolerance, seed)
    }
  }

  /// Names of metrics, and of algorithms.
  package static let metrics = FeatureMetric.allCases.map(\.rawValue)
  package static let algorithms = ["lloyd", "mini-batch"]

  package let rows: Int
  package let columns: Int
  /// Clusters that came out.
  package let clusters: Int
  /// Rows in each.
  package let sizes: [Int]
  /// Sum of squared distances to the nearest centroid; not where rows were only assigned.
  package private(set) var inertia: Double?
  package private(set) var iterations: Int?
  package private(set) var converged: Bool?
  /// What the user should know about the result, if anything.
  package private(set) var note: String?
  /// Opening the files, and all the rest without the writing.
  package let secondsReading: Double
  package let secondsClustering: Double

  /// Fits clusters to the rows of `input` and writes `centroids.npy` and `assignment.npy` into the folder `output`.
  ///
  /// - Parameter initial: a file of centroids to start from, in place of k-means++ and several starts.
  package init(fitting input: String, initial: String?, options: Options, threads: Int?, output: String) throws {
    let clock = ContinuousClock()
    let begin = clock.now
    let features = try MappedFeatures(input)
    let given = try initial.map { try Self.centroids($0, columns: features.columns) }
    let read = clock.now
    guard let metric = FeatureMetric(rawValue: options.metric) else {
      throw InternalFault("no metric '\(options.metric)'")
    }
    let result = try KMeans.fit(
      features,
      options: KMeansOptions(
        clusters: options.clusters, starts: options.starts, maximumIterations: options.iterations,
        tolerance: options.tolerance, metric: metric,
        algorithm: options.algorithm == "lloyd" ? .lloyd : .miniBatch(rows: options.batch), seed: options.seed),
      from: given, threads: threads)
    (secondsReading, secondsClustering) = (Self.seconds(read - begin), Self.seconds(clock.now - read))
    (rows, columns, clusters) = (features.rows, features.columns, result.clusters)
    sizes = Self.sizes(result.assignment, clusters: result.clusters)
    (inertia, iterations, converged) = (result.inertia, result.iterations, result.converged)
    note = result.note
    let folder = URL(filePath: output)
    try FileSystem.makeFolder(folder)
    try FileSystem.write(
      NumPyFile.data(rows: result.clusters, columns: columns, values: result.centroids),
      to: folder.appending(path: "centroids.npy"))
    try Self.write(result.assignment, to: folder)
  }

  /// Finds the nearest of somebody's centroids for the rows of `input` and writes `assignment.npy` into `output`.
  package init(assigning input: String, to centroids: String, metric: String, threads: Int?, output: String) throws {
    let clock = ContinuousClock()
    let begin = clock.now
    let features = try MappedFeatures(input)
    let given = try Self.centroids(centroids, columns: features.columns)
    let read = clock.now
    guard let metric = FeatureMetric(rawValue: metric) else { throw InternalFault("no metric '\(metric)'") }
    let assignment = try KMeans.assign(features, centroids: given, metric: metric, threads: threads)
    (secondsReading, secondsClustering) = (Self.seconds(read - begin), Self.seconds(clock.now - read))
    (rows, columns, clusters) = (features.rows, features.columns, given.count / features.columns)
    sizes = Self.sizes(assignment, clusters: clusters)
    let folder = URL(filePath: output)
    try FileSystem.makeFolder(folder)
    try Self.write(assignment, to: folder)
  }

  private static func centroids(_ path: String, columns: Int) throws -> [Float] {
    let matrix = try NumPyFile.read(URL(filePath: path))
    guard matrix.columns == columns, matrix.rows > 0 else {
      throw ToolError(.usage, "\(path) holds \(matrix.rows) x \(matrix.columns), the features have \(columns) columns")
    }
    return matrix.values
  }

  private static func write(_ assignment: [Int], to folder: URL) throws {
    try FileSystem.write(
      NumPyFile.data(assignment.map { Int32($0) }), to: folder.appending(path: "assignment.npy"))
  }

  private static func sizes(_ assignment: [Int], clusters: Int) -> [Int] {
    var sizes = [Int](repeating: 0, count: clusters)
    for cluster in assignment { sizes[cluster] += 1 }
    return sizes
  }

  private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
