internal import ArgumentParser
private import Stages

struct ClusterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster", abstract: "Divides rows of features into clusters by k-means.",
    discussion: """
      The features are a NumPy file, float32 [rows, columns], which may be larger than memory. Into the folder go \
      centroids.npy, float32 [clusters, columns], the largest cluster first, and assignment.npy, int32 [rows]. The result \
      is the same to the bit on any number of threads. docs/clustering.md tells how.
      """)

  @Argument(help: ArgumentHelp("Features.", valueName: "npy"))
  var features: String

  @Option(help: ArgumentHelp("Number of clusters.", valueName: "n"))
  var k: Int?

  @Option(help: ArgumentHelp("Folder for the result.", valueName: "folder"))
  var output: String

  @Option(
    help: ArgumentHelp("Only finds the nearest of these centroids for every row; nothing is fitted.", valueName: "npy"))
  var nearestTo: String?

  @Option(help: ArgumentHelp("Centroids to start from, instead of k-means++ and several starts.", valueName: "npy"))
  var initial: String?

  @Option(help: ArgumentHelp("Distance of features: euclidean or spherical, by direction alone.", valueName: "name"))
  var metric = "euclidean"

  @Option(
    help: ArgumentHelp(
      "lloyd looks at every row in every round, mini-batch at some: for more than can be read often.",
      valueName: "name"))
  var algorithm = "lloyd"

  @Option(help: ArgumentHelp("Rows that mini-batch looks at in a round.", valueName: "n"))
  var batch = 10_000

  @Option(help: ArgumentHelp("Starts from k-means++, of which the best is kept.", valueName: "n"))
  var starts = 4

  @Option(help: ArgumentHelp("Rounds of a start at most.", valueName: "n"))
  var iterations = 100

  @Option(
    help: ArgumentHelp(
      "Stops when centroids move, squared, by less than this share of a column's variance; 0 when no row does.",
      valueName: "share"))
  var tolerance = 1e-4

  @Option(help: ArgumentHelp("Of the starts and the batches.", valueName: "seed"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Threads; all cores unless given. Does not change the result.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Prints JSON.")
  var json = false

  func validate() throws {
    guard (k == nil) != (nearestTo == nil) else { throw ValidationError("give --k to fit, or --nearest-to to assign") }
    guard nearestTo == nil || initial == nil else { throw ValidationError("--initial is for fitting") }
    guard FeatureClustering.metrics.contains(metric) else {
      throw ValidationError("--metric is one of \(FeatureClustering.metrics.joined(separator: ", "))")
    }
    guard FeatureClustering.algorithms.contains(algorithm) else {
      throw ValidationError("--algorithm is one of \(FeatureClustering.algorithms.joined(separator: ", "))")
    }
    guard [k ?? 1, batch, starts, iterations, threads ?? 1].allSatisfy({ $0 > 0 }), tolerance >= 0 else {
      throw ValidationError("numbers are positive, --tolerance at least 0")
    }
  }

  func run() throws {
    let result =
      if let nearestTo {
        try FeatureClustering(
          assigning: features, to: nearestTo, metric: metric, threads: threads, output: output)
      } else {
        try FeatureClustering(
          fitting: features, initial: initial,
          options: FeatureClustering.Options(
            clusters: k ?? 1, metric: metric, algorithm: algorithm, batch: batch, starts: starts,
            iterations: iterations, tolerance: tolerance, seed: seed),
          threads: threads, output: output)
      }
    if json { return try Console.printJSON(result) }
    let largest = result.sizes.max() ?? 0
    print("\(result.rows) x \(result.columns) in \(result.clusters) clusters; rows of the largest: \(largest)")
    if let inertia = result.inertia, let iterations = result.iterations {
      let rounds = iterations == 1 ? "1 round" : "\(iterations) rounds"
      let state = result.converged == true ? "converged" : "not converged: more --iterations would go on"
      print("inertia \(Console.number(inertia)) after \(rounds), \(state)")
    }
    if let note = result.note { print("note: \(note)") }
    Console.remark(
      "read in \(Console.number(result.secondsReading)) s, clustered in \(Console.number(result.secondsClustering)) s")
  }
}
