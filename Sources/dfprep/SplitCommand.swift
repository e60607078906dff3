internal import ArgumentParser
private import Engine
private import Stages

struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Divides a table of samples into folds or parts that tear no group apart.",
    discussion: """
      The table is a CSV with a header: a column that names the sample or video (path, video, sample, file), `label` \
      (0 or real, 1 or fake), and what ties rows together: `group`, or `original`, `identity`, `donor`, `source-video`. \
      Where those are missing, names are read by the grammars of Celeb-DF, FaceForensics++ and DeepFakeDetection. The \
      result has the columns `group`, and `fold` or `split`, besides.
      """)

  @Argument(help: ArgumentHelp("The table.", valueName: "csv"))
  var table: String

  @Option(help: ArgumentHelp("Equal parts, each to be validated on in its turn.", valueName: "n"))
  var folds: Int?

  @Option(help: ArgumentHelp("Parts of unequal size: training, validation, test.", valueName: "0.8,0.1,0.1"))
  var shares: String?

  @Option(help: ArgumentHelp("What to keep in proportion: label, method.", valueName: "label,method"))
  var stratify = "label,method"

  @Option(help: ArgumentHelp("Kinds of link that no part may cross, instead of the usual.", valueName: "kind,kind"))
  var groups: String?

  @Option(help: ArgumentHelp("Draws instead of balancing.", valueName: "seed"))
  var random: UInt64?

  @Option(help: ArgumentHelp("The table to write.", valueName: "csv"))
  var output: String

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let stratify = stratify.split(separator: ",").map(String.init)
    if let unknown = stratify.first(where: { !["label", "method"].contains($0) }) {
      throw ValidationError("--stratify is of label and method, not \(unknown)")
    }
    let numbers = try shares.map { text in
      try text.split(separator: ",").map { part in
        guard let number = Double(part) else { throw ValidationError("--shares: '\(part)' is no number") }
        return number
      }
    }
    let split = try TableSplit(
      input: table, output: output,
      options: TableSplit.Options(
        folds: folds, shares: numbers, stratify: stratify,
        hard: groups.map { $0.split(separator: ",").map(String.init) }, seed: random))
    if json { return try Console.printJSON(split) }
    print(split.lines.joined(separator: "\n"))
    for note in split.notes { print("note: \(note)") }
    Console.printTable(
      [folds == nil ? "split" : "fold", "rows", "share", "asked", "groups", "real", "fake", "fake share"],
      split.parts.map { part in
        [
          part.name, "\(part.samples)", Self.text(part.share), Self.text(part.askedShare), "\(part.groups)",
          "\(part.reals)", "\(part.fakes)", Self.text(Double(part.fakes) / Double(max(1, part.samples))),
        ]
      })
  }

  private static func text(_ share: Double) -> String { "\((share * 10000).rounded() / 10000)" }
}
