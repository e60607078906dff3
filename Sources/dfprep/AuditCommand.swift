internal import ArgumentParser
private import Engine
private import Stages

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Shows what crosses the sides of anybody's split, and what else is wrong with it.",
    discussion: """
      A split is a run's folder or pipeline file, a folder of shards, a fold table (dfprep's folds.csv, selimsef's, any \
      CSV with a header), a folder of FaceForensics++ with splits/*.json and conversion_dict.json, or a JSON list of \
      DeepfakeBench. Who is seen in a clip is read from its name by the grammars of Celeb-DF, FaceForensics++, \
      DeepFakeDetection and DeeperForensics where the list does not say.
      """)

  @Argument(help: ArgumentHelp("What to look at.", valueName: "split"))
  var path: String

  @Option(
    help: ArgumentHelp(
      "Exit code 4 when such a thing crosses: `hard`, kinds of link, or findings, with commas between.",
      valueName: "kind,kind"))
  var gate: String?

  @Option(help: ArgumentHelp("Kinds of link that count as hard, too, with commas between.", valueName: "kind,kind"))
  var hard: String?

  @Option(
    help: ArgumentHelp("FaceForensics++'s conversion_dict.json, where it is not beside the split.", valueName: "file"))
  var conversionDict: String?

  @Option(
    help: ArgumentHelp(
      "Writes a page, with pictures where the split, or the videos that it names, are at hand.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "The folder that the list's videos or pictures lie below, to show them; its own folder otherwise.",
      valueName: "folder"))
  var media: String?

  @Flag(help: "Leaves pictures out of the page.")
  var noPictures = false

  @Flag(help: "Lists every crossing.")
  var all = false

  @Flag(help: "Prints JSON.")
  var json = false

  @Flag(
    help: ArgumentHelp(
      "Looks for what tells fakes from reals besides the forgery: in a run, the folder of a dataset, or a dataset by its name."
    ))
  var shortcuts = false

  @Option(
    help: ArgumentHelp("With --shortcuts: exit code 4 when an AUC is surely above it, 0.5 to 1.", valueName: "auc"))
  var shortcutLimit: Double?

  func validate() throws {
    guard let shortcutLimit else { return }
    guard shortcuts else { throw ValidationError("--shortcut-limit goes with --shortcuts") }
    guard (0.5...1).contains(shortcutLimit) else { throw ValidationError("--shortcut-limit is in 0.5...1") }
  }

  func run() throws {
    if shortcuts { return try auditShortcuts() }
    let audit = try Audit(path: path, conversion: conversionDict, media: media, hard: Self.list(hard))
    if json {
      try Console.printJSON(audit)
    } else {
      print(audit.lines(limit: all ? Int.max : 8).joined(separator: "\n"))
    }
    if let html {
      try audit.writePage(to: html, withPictures: !noPictures)
      Console.remark("page written to \(html)")
    }
    try audit.check(gates: Self.list(gate))
  }

  private func auditShortcuts() throws {
    let survey = try ShortcutSurvey(path: path)
    if json {
      try Console.printJSON(survey)
    } else {
      for section in survey.sections {
        print(section.title)
        Console.printTable(ShortcutSurvey.header, section.rows)
        for note in section.notes { print("note: \(note)") }
        print("")
      }
    }
    if let html {
      try survey.writePage(to: html, title: path.split(separator: "/").last.map(String.init) ?? path)
      Console.remark("page written to \(html)")
    }
    if let shortcutLimit { try survey.check(limit: shortcutLimit) }
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
  }
}
