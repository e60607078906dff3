internal import Foundation

/// The lines of a text file as people and programs leave them: with or without a byte order mark, ended in any way.
struct TextList {
  /// One line that is not blank.
  struct Line {
    /// Counted from 1, blank lines too.
    var number: Int
    /// Without spaces and tabs at either end.
    var text: String
  }

  let lines: [Line]

  /// Reads `path`.
  ///
  /// - Returns: `nil`, with an error in `scan`, when the file is not UTF-8 text.
  init?(_ path: String, _ folder: DatasetFolder, _ scan: inout DatasetScan) throws(DatasetsError) {
    guard let text = Self.text(try folder.data(path), path, &scan) else { return nil }
    let (newline, carriage) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    let bytes = Array(text.utf8)
    var lines: [Line] = []
    var (number, start) = (1, 0)
    func add(upTo end: Int) {
      let line = bytes[start..<end].drop { $0 == 0x20 || $0 == 0x09 }
      guard let last = line.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return }
      lines.append(Line(number: number, text: String(decoding: line[...last], as: UTF8.self)))
    }
    for (index, byte) in bytes.enumerated() where byte == newline || byte == carriage {
      add(upTo: index)
      start = index + 1
      let isPair = byte == carriage && start < bytes.count && bytes[start] == newline
      if !isPair { number += 1 }
    }
    add(upTo: bytes.count)
    self.lines = lines
  }

  /// The text of a file without its byte order mark; `nil`, with an error in `scan`, when it is not UTF-8.
  static func text(_ data: Data, _ path: String, _ scan: inout DatasetScan) -> String? {
    let bytes = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let hint = data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) ? "it is UTF-16; " : ""
    scan.fail(path, "not UTF-8 text; \(hint)save it as UTF-8. Nothing of it is used")
    return nil
  }
}
