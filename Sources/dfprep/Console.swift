internal import Foundation
internal import Stages

/// Results go to standard output, everything else to standard error.
enum Console {
  static func complain(_ text: String) {
    FileHandle.standardError.write(
      Data((text.hasPrefix("error") || text.contains(": error: ") ? text : "error: \(text)").utf8 + [10]))
  }

  static func remark(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

  /// Six digits that mean something; JSON has them all.
  static func number(_ value: Double) -> String { String(format: "%.6g", value) }

  /// Prints a value as JSON on one line.
  static func printJSONLine(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Prints a value as indented JSON.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Prints headings, lines and tables.
  static func printSections(_ sections: [TextSection]) {
    for section in sections {
      print(section.title)
      for line in section.lines { print(line) }
      if !section.rows.isEmpty { printTable(section.header, section.rows) }
      print("")
    }
  }

  /// Prints rows under a header, columns aligned; those of numbers to the right.
  static func printTable(_ header: [String], _ rows: [[String]]) {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let isNumeric = header.indices.map { column in
      column > 0 && rows.allSatisfy { $0[column].isEmpty || Double($0[column]) != nil }
    }
    for row in [header] + rows {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return isNumeric[column] ? padding + row[column] : row[column] + padding
      }
      var line = cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      print(line)
    }
  }
}
