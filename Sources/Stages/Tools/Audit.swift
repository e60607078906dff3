private import Engine
internal import Foundation
private import Records
internal import Splitting

/// What is wrong with somebody's split: the verb `audit`.
///
/// One member per thing that is looked at; each gives lines for a terminal, a section of the page, and failures of gates.
package struct Audit: Encodable {
  let split: SplitAudit
  private let path: String
  private let input: AuditInput

  private enum CodingKeys: String, CodingKey { case split }

  /// - Parameters:
  ///   - path: a run, a folder of shards, a fold table, the folder of FaceForensics++, a list of DeepfakeBench.
  ///   - conversion: `conversion_dict.json` of FaceForensics++, where it does not lie beside the split.
  ///   - media: the folder that a list's paths are below, where its own is not.
  ///   - hard: kinds that count as hard beside those that are so by default.
  /// - Throws: ``ToolError`` with status 64 for anything else.
  package init(path: String, conversion: String? = nil, media: String? = nil, hard: [String] = []) throws {
    self.path = path
    input = try AuditInput(path: path, conversion: conversion, media: media)
    let kinds = try hard.map { name in
      guard let kind = LinkKind(rawValue: name) else {
        throw ToolError(.usage, Self.unknown("kind of link", name, LinkKind.allCases.map(\.rawValue)))
      }
      return kind
    }
    split = try SplitAudit(input.table, hard: LinkKind.hardByDefault.union(kinds))
  }

  /// - Parameters:
  ///   - gates: names as ``SplitAudit/gateNames`` has them.
  /// - Throws: ``ToolError`` with status 4 when one is not kept, 64 for an unknown name.
  package func check(gates: [String]) throws {
    for gate in gates where !SplitAudit.gateNames.contains(gate) {
      throw ToolError(.usage, Self.unknown("gate", gate, SplitAudit.gateNames))
    }
    let failures = split.failures(of: gates)
    guard failures.isEmpty else { throw ToolError(.gateFailed, "gate failed: \(failures.joined(separator: "; "))") }
  }

  /// What a terminal shows.
  ///
  /// - Parameter limit: crossings of one kind and division that are listed.
  package func lines(limit: Int) -> [String] { AuditText(split, path: path).lines(limit: limit) }

  /// Writes the page.
  package func writePage(to file: String, withPictures: Bool) throws {
    let page = AuditPage(split, path: path, rows: input.table.rows, image: withPictures ? input.image : nil)
    try FileSystem.write(Data(page.html().utf8), to: URL(filePath: file))
  }

  private static func unknown(_ what: String, _ name: String, _ known: [String]) -> String {
    let near = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" }
    return "unknown \(what) '\(name)'" + (near ?? "; there are: \(known.joined(separator: ", "))")
  }
}
