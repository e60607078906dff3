internal import ArgumentParser
private import Engine
private import Foundation
private import Stages

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Gives space back; never touches a source, nor what a run still needs.",
    discussion: """
      Without flags it takes away what interrupted commands left and the files of finished tasks. --stale also takes \
      results out of the store that no run refers to any more. --packs also takes crops out of the store that stand in \
      this run's shards, which serve in their place.
      """)

  @OptionGroup var argument: RunArgument

  @Flag(help: "Results in the store that no run refers to any more.")
  var stale = false

  @Flag(help: "Crops in the store that stand in the run's shards.")
  var packs = false

  @Flag(help: "Only shows what would go.")
  var dryRun = false

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let cleaning = try RunCleaning(argument.folder(), stale: stale, packs: packs, isDryRun: dryRun)
    if json { return try Console.printJSON(cleaning) }
    for item in cleaning.items { print("\(item.kind)  \(ByteCount.text(item.bytes))  \(item.path)") }
    print("\(ByteCount.text(cleaning.bytes)) \(dryRun ? "would be" : "") given back".replacing("  ", with: " "))
  }
}

/// Bytes for people.
enum ByteCount {
  static func text(_ bytes: Int) -> String {
    bytes < 1 << 20 ? "\(bytes >> 10) KiB" : bytes < 10 << 30 ? "\(bytes >> 20) MiB" : "\(bytes >> 30) GiB"
  }
}
