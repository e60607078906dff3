internal import ArgumentParser
private import Stages

struct DuplicatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duplicates",
    abstract: "Finds near-duplicates among images: compressed again, resized, cut, mirrored, turned, brightened.")

  @Argument(help: ArgumentHelp("Images, and folders with JPEG and PNG files anywhere below.", valueName: "path"))
  var paths: [String] = []

  @Option(
    help: ArgumentHelp(
      "Looks for near pairs among hashes instead: a hexadecimal number of 64 bits a line.", valueName: "file"))
  var hashes: String?

  @Option(help: ArgumentHelp("Bits of 64 in which hashes of candidates differ at most, 0 to 16.", valueName: "bits"))
  var radius = 8

  @Option(help: ArgumentHelp("Least correlation of edges, one picture laid on the other.", valueName: "share"))
  var correlation = 0.93

  @Flag(help: "Looks for whole copies alone: quicker where there are very many files.")
  var noCuts = false

  @Flag(help: "Leaves mirrored copies out.")
  var noMirrored = false

  @Flag(help: "Compares no two files of one folder, such as frames of a clip.")
  var betweenFolders = false

  @Flag(help: "Prints JSON.")
  var json = false

  func validate() throws {
    guard (0...16).contains(radius) else { throw ValidationError("--radius is 0 to 16") }
    guard paths.isEmpty != (hashes == nil) else { throw ValidationError("name images and folders, or --hashes") }
    guard (0...1).contains(correlation) else { throw ValidationError("--correlation is 0 to 1") }
  }

  func run() throws {
    if let hashes { return try search(hashes) }
    let search = try DuplicateSearch(
      paths: paths,
      options: .init(
        radius: radius, correlation: correlation, cuts: !noCuts, mirrored: !noMirrored, betweenFolders: betweenFolders))
    if json {
      try Console.printJSON(search)
    } else {
      for failure in search.failed { Console.remark("\(failure.path): \(failure.message)") }
      for pair in search.pairs {
        print(
          "\(pair.bits) bits  \(pair.correlation)\(pair.mirrored ? "  mirrored" : "")  \(pair.first)  \(pair.second)")
      }
      Console.remark("\(search.images) images, \(search.pairs.count) pairs; nearest by bits: \(search.nearestInWords)")
    }
    try search.check()
  }

  private func search(_ file: String) throws {
    let search = try HashSearch(file: file, radius: radius)
    if json { return try Console.printJSON(search) }
    for pair in search.examples { print("\(pair.bits) bits  line \(pair.first)  line \(pair.second)") }
    Console.remark("\(search.hashes) hashes, \(search.pairs) pairs")
  }
}
