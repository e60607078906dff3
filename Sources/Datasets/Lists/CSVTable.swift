internal import Foundation

/// A CSV file with a header line: fields parted by commas, in quotes where they hold commas, quotes or line ends.
///
/// Source: RFC 4180, with any line end and an optional byte order mark.
struct CSVTable {
  /// One line below the header that has as many fields as it.
  struct Row {
    /// Line on which the row starts, counted from 1.
    var line: Int
    var fields: [String]
  }

  let header: [String]
  let rows: [Row]

  /// Reads `path`; rows with too few or too many fields go into `faults`.
  ///
  /// - Returns: `nil`, with an error in `scan`, when the file is not text, is empty, or has an unclosed quote.
  init?(
    _ path: String, _ folder: DatasetFolder, _ faults: inout LineFaults, _ scan: inout DatasetScan
  ) throws(DatasetsError) {
    guard let text = TextList.text(try folder.data(path), path, &scan) else { return nil }
    let (records, openQuote) = Self.records(text)
    if let openQuote {
      scan.fail(path, "line \(openQuote) opens a quote that is never closed; nothing of the list is used")
      return nil
    }
    guard let first = records.first else {
      scan.fail(path, "empty; the first line names the columns")
      return nil
    }
    header = Self.columns(first)
    var rows: [Row] = []
    rows.reserveCapacity(records.count)
    for record in records.dropFirst() {
      guard record.fields.count == first.fields.count else {
        let count = first.fields.count
        faults.add(
          .error, line: record.line, text: record.fields.joined(separator: ","),
          "has not \(count) fields as the header has; it is left out")
        continue
      }
      rows.append(record)
    }
    self.rows = rows
  }

  /// Index of a column; `nil` when there is none of that name.
  func column(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// The columns that the first line of `text`, the beginning of a file, names.
  static func columns(_ text: String) -> [String] {
    records(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text).records.first.map(columns) ?? []
  }

  private static func columns(_ header: Row) -> [String] {
    header.fields.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// Records that are not blank, and the line of a quote that is not closed.
  private static func records(_ text: String) -> (records: [Row], openQuote: Int?) {
    let (comma, quote, newline, carriage) = (
      UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")
    )
    let bytes = Array(text.utf8)
    var records: [Row] = []
    var row = Row(line: 1, fields: [])
    var field: [UInt8] = []
    var (line, index, quotedSince) = (1, 0, Int?.none)
    func endRow() {
      row.fields.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
      if row.fields.count > 1 || !(row.fields.first?.isEmpty ?? true) { records.append(row) }
      row = Row(line: line + 1, fields: [])
    }
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if quotedSince != nil {
        if byte == quote, next == quote {
          field.append(quote)
          index += 1
        } else if byte == quote {
          quotedSince = nil
        } else {
          field.append(byte)
        }
      } else if byte == quote, field.isEmpty {
        quotedSince = line
      } else if byte == comma {
        row.fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      } else if byte == newline || byte == carriage && next != newline {
        endRow()
      } else if byte != carriage {
        field.append(byte)
      }
      if byte == newline || byte == carriage && next != newline { line += 1 }
      index += 1
    }
    if quotedSince == nil, !field.isEmpty || !row.fields.isEmpty { endRow() }
    return (records, quotedSince)
  }
}
