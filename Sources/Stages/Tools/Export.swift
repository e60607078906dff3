private import Engine
private import Foundation
private import Records
private import Splitting

/// Writes a run in the layout of another tool: the verb `export`. Pictures are copied byte for byte.
package struct Export: Encodable {
  package private(set) var format: String
  package private(set) var output: String
  package private(set) var pictures = 0
  package private(set) var files = 0
  package private(set) var notes: [String]

  package static var formats: [String] { ExportFormat.allCases.map(\.rawValue) }

  /// - Parameters:
  ///   - run: a run's folder or pipeline file.
  ///   - fold: the fold whose training and validation are meant, where the layout holds one split.
  /// - Throws: ``ToolError`` with status 64 for an unknown format or fold, and for an output that is there already.
  package init(run: String, format: String, output: String, fold: Int, withPictures: Bool) throws {
    guard let exportFormat = ExportFormat(rawValue: format) else {
      let near = nearestName(to: format, among: Self.formats).map { "; did you mean '\($0)'?" }
      throw ToolError(
        .usage, "unknown format '\(format)'" + (near ?? "; there are: \(Self.formats.joined(separator: ", "))"))
    }
    let destination = URL(filePath: output)
    guard !FileSystem.exists(destination) else {
      throw ToolError(.usage, "\(output) is there already; name a folder that is not")
    }
    let split = try RunSplit(run: Project.runFolder(run))
    let samples = try Self.samples(split, fold: fold)
    let plan: ExportPlan
    do { plan = try exportFormat.plan(samples, divisions: split.table.divisions) } catch {
      throw ToolError(.failed, error.message)
    }
    (self.format, self.output, notes) = (format, output, plan.notes)
    try write(plan, to: destination, picture: split.picture, withPictures: withPictures)
  }

  private static func samples(_ split: RunSplit, fold: Int) throws -> [ExportSample] {
    let divisions = split.table.divisions
    let folds = divisions.filter { $0.hasPrefix("fold-") }
    guard folds.isEmpty || folds.contains("fold-\(fold)") else {
      throw ToolError(.usage, "the run has no fold \(fold); it has \(folds.count)")
    }
    let place = folds.isEmpty ? 0 : divisions.firstIndex(of: "fold-\(fold)") ?? 0
    let names = ["training": "train", "train": "train", "validation": "val", "test": "test"]
    return zip(split.samples, split.table.rows).map { sample, row in
      let side = sample.role == .test && !sample.isMade ? "test" : row.sides[place].flatMap { names[$0] }
      return ExportSample(
        sample: sample, group: split.groups[sample.key] ?? sample.family, side: side, sides: row.sides)
    }
  }

  private mutating func write(
    _ plan: ExportPlan, to destination: URL, picture: (String) throws -> [UInt8]?, withPictures: Bool
  ) throws {
    let parent = destination.deletingLastPathComponent()
    let partial = parent.appending(path: ".partial-\(destination.lastPathComponent)")
    if FileSystem.exists(partial) { try FileManager.default.removeItem(at: partial) }
    try FileSystem.makeFolder(partial)
    var folders = Set<String>()
    for file in plan.files {
      let url = partial.appending(path: file.path)
      let folder = url.deletingLastPathComponent()
      if folders.insert(folder.path(percentEncoded: false)).inserted {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      }
      switch file.content {
      case .text(let text):
        try Data(text.utf8).write(to: url)
        files += 1
      case .folder: try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      case .picture(let key):
        guard withPictures else { continue }
        guard let bytes = try picture(key) else { throw ToolError(.failed, "the picture of \(key) is not there") }
        try Data(bytes).write(to: url)
        pictures += 1
      }
    }
    try FileManager.default.moveItem(at: partial, to: destination)
  }
}
