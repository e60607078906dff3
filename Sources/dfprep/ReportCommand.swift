internal import ArgumentParser
private import Engine
private import Stages

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Writes the HTML report of a run again.",
    discussion: """
      The page opens offline in any browser. Its plots are written beside it, in figures/. Where Debian's node-d3 is \
      installed, the page has a map of all samples to zoom into, colour, search, filter and choose samples from.
      """)

  @OptionGroup var argument: RunArgument

  @Option(
    help: ArgumentHelp(
      "Writes this section alone, in a page called by it; may be given several times.", valueName: "section"))
  var section: [String] = []

  @Flag(help: "Leaves pictures of faces out, for data whose licence forbids showing them.")
  var noPictures = false

  @Option(name: .shortAndLong, help: ArgumentHelp("Writes the page here.", valueName: "file"))
  var output: String?

  @Flag(help: "Writes the plots as PNG, too.")
  var png = false

  @Flag(help: "Shows the page.")
  var open = false

  func run() throws {
    let report = try ReportTool(
      argument.folder(),
      ReportTool.Request(sections: section, withPictures: !noPictures, withPNG: png, output: output))
    for remark in report.remarks { Console.remark(remark) }
    print(report.page)
    if open { try report.open() }
  }
}
