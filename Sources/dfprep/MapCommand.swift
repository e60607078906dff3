internal import ArgumentParser
private import Stages

struct MapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "Lays features out on a plane by t-SNE: near rows come to lie near one another.",
    discussion: """
      Reads and writes float32 matrices in NumPy's format. Features of more than 50 columns are reduced to 50 principal \
      components first. The same file and seed give the same map on any number of threads.
      """)

  @Argument(help: ArgumentHelp("The features, a row each.", valueName: "npy"))
  var features: String

  @Option(help: ArgumentHelp("The map to write, two columns.", valueName: "npy"))
  var output: String

  @Option(help: ArgumentHelp("Neighbours that a row has in effect.", valueName: "number"))
  var perplexity = 30.0

  @Option(help: ArgumentHelp("Rounds, of which 250 with exaggerated attraction.", valueName: "n"))
  var iterations = 750

  @Option(help: ArgumentHelp("Accuracy of the repulsion, 0 (exact) to 1.", valueName: "number"))
  var theta = 0.4

  @Option(help: ArgumentHelp("For the trace of noise that parts equal rows.", valueName: "seed"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("All cores unless given.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Prints JSON.")
  var json = false

  func validate() throws {
    guard perplexity > 0, iterations >= 0, (0...1).contains(theta), threads ?? 1 > 0 else {
      throw ValidationError("--perplexity and --threads are positive, --iterations not negative, --theta 0 to 1")
    }
  }

  func run() throws {
    let map = try FeatureMap(
      file: features, output: output, perplexity: perplexity, iterations: iterations, theta: theta, seed: seed,
      threads: threads)
    if json { return try Console.printJSON(map) }
    print(
      "\(map.rows) x \(map.columns) features, perplexity \(Console.number(map.perplexity)), \(map.iterations) rounds: "
        + "divergence \(Console.number(map.divergence)), \(Console.number(map.seconds)) s")
  }
}
