/// Tables as text: commas between fields, a line feed after each record, quotes where a field needs them.
///
/// Source: RFC 4180; lines end as on Unix, and both endings are read.
package enum CommaSeparatedValues {
  /// The text of `records`.
  package static func text(_ records: [[String]]) -> String {
    records.map { $0.map(field).joined(separator: ",") + "\n" }.joined()
  }

  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { #",""#.utf8.contains($0) || $0 == 10 || $0 == 13 }) else { return text }
    // By scalars: a combining mark after a quote must not hide it.
    return "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  /// The records of `text`, each a list of fields without their quotes.
  ///
  /// - Throws: with the number of the line, for a quote inside an unquoted field, text after a closing quote, and a
  ///   quoted field that does not end.
  package static func records(_ text: String) throws(EvaluationError) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var line = 1
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      record.append(try takeField(&rest, &line))
      if rest.first == comma {
        rest.removeFirst()
        // A comma at the very end leaves an empty field behind it.
        if !rest.isEmpty { continue }
        record.append("")
      }
      if rest.first == carriageReturn { rest.removeFirst() }
      if rest.first == lineFeed { rest.removeFirst() }
      line += 1
      records.append(record)
      record = []
    }
    return records
  }

  private static let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
  private static let (carriageReturn, lineFeed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))

  /// Takes one field, leaving the separator that ends it.
  private static func takeField(_ rest: inout ArraySlice<UInt8>, _ line: inout Int) throws(EvaluationError) -> String {
    func endsField(_ byte: UInt8) -> Bool { [comma, carriageReturn, lineFeed].contains(byte) }
    guard rest.first == quote else {
      let plain = rest.prefix { !endsField($0) }
      rest = rest[plain.endIndex...]
      if plain.contains(quote) { throw malformed(line, "a quote inside an unquoted field") }
      return String(decoding: plain, as: UTF8.self)
    }
    let start = line
    var field: [UInt8] = []
    rest.removeFirst()
    while let byte = rest.popFirst() {
      if byte == lineFeed { line += 1 }
      if byte != quote {
        field.append(byte)
      } else if rest.first == quote {
        field.append(rest.removeFirst())
      } else if let next = rest.first, !endsField(next) {
        throw malformed(line, "text after a closing quote")
      } else {
        return String(decoding: field, as: UTF8.self)
      }
    }
    throw malformed(start, "a quoted field that does not end")
  }

  private static func malformed(_ line: Int, _ what: String) -> EvaluationError {
    EvaluationError(code: .malformedTable, message: "line \(line): \(what)")
  }
}
