import Foundation
import Testing

@testable import Engine

/// Text with the places at which findings are expected, each marked by one of ①...⑨ just before it.
struct MarkedText {
  private(set) var text = ""
  /// `line:column` by mark, both from 1.
  private(set) var places: [Character: String] = [:]

  init(_ marked: String) {
    var (line, column) = (1, 1)
    for scalar in marked.unicodeScalars {
      if ("①"..."⑨").contains(scalar) {
        places[Character(scalar)] = "\(line):\(column)"
        continue
      }
      text.unicodeScalars.append(scalar)
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
  }
}

/// Parses a pipeline of the toy stages.
func parse(_ text: String, overrides: [String] = [], datasetNames: [String]? = ["text", "more"]) throws -> PipelineSpec
{
  try SpecParser.parse(
    text, file: "pipe.yaml", url: URL(filePath: "/home/pipelines/pipe.yaml"), registry: Toys.registry,
    datasetNames: datasetNames, overrides: overrides)
}

/// Expects exactly these findings, in order of their places.
///
/// Each is a mark and the start of the message; the mark `S` stands for the command line, `F` for the file as a whole.
func expectFindings(
  _ marked: String, _ expected: [(Character, String)], overrides: [String] = [],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let marked = MarkedText(marked)
  let error = #expect(throws: ToolError.self, sourceLocation: sourceLocation) {
    try parse(marked.text, overrides: overrides)
  }
  guard let error else { return }
  #expect(error.status == .badConfiguration, sourceLocation: sourceLocation)
  let found = error.message.split(separator: "\n").filter { $0.contains(": error: ") }
  let wanted = expected.map { mark, message in
    let place = mark == "S" ? "--set" : mark == "F" ? "pipe.yaml" : "pipe.yaml:\(marked.places[mark] ?? "unmarked")"
    return "\(place): error: \(message)"
  }
  #expect(found.count == wanted.count, "\(error.message)", sourceLocation: sourceLocation)
  for (found, wanted) in zip(found, wanted) {
    #expect(found.hasPrefix(wanted), "\(found)\n\(wanted)", sourceLocation: sourceLocation)
  }
}
