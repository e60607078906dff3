internal import ArgumentParser
private import Engine
private import Stages

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a run in the layout of another tool; pictures byte for byte.",
    discussion: """
      folds: folds.csv with everything that is known of a sample. lists: train.txt, val.txt, test.txt, `path label` a \
      line. deepfakebench: a tree to lay over a checkout of DeepfakeBench, lists and frames. faceforensics: \
      splits/*.json, pairs of sequences. selimsef: folds.csv and crops/. supcon-mpl: the tree that SupCon-MPL's code reads.
      """)

  @OptionGroup var argument: RunArgument

  @Option(help: ArgumentHelp("\(Export.formats.joined(separator: ", ")).", valueName: "format"))
  var format: String

  @Option(help: ArgumentHelp("A folder that is not there yet.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("The fold to take, where the layout holds one split.", valueName: "n"))
  var fold = 0

  @Flag(help: "Writes lists alone.")
  var noPictures = false

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let export = try Export(
      run: argument.run, format: format, output: output, fold: fold, withPictures: !noPictures)
    if json { return try Console.printJSON(export) }
    print("\(export.output): \(export.format), \(export.pictures) pictures, \(export.files) other files")
    for note in export.notes { print("note: \(note)") }
  }
}
