/// Collects what is wrong with the lines of one list, so that a hundred lines with one fault are one problem.
struct LineFaults {
  /// Lines named one by one before the rest are only counted.
  private static let mostNamed = 10

  private struct Fault {
    var severity: DatasetProblem.Severity
    var text: String
    var lines: [Int]
  }

  private let path: String
  private var order: [String] = []
  private var faults: [String: Fault] = [:]

  init(_ path: String) { self.path = path }

  /// - Parameters:
  ///   - message: what is wrong, the same for lines with the same fault; follows the line's number and text.
  ///   - text: the line, or the part of it that is meant.
  mutating func add(_ severity: DatasetProblem.Severity, line: Int, text: String, _ message: String) {
    if faults[message] == nil {
      order.append(message)
      faults[message] = Fault(severity: severity, text: text, lines: [])
    }
    faults[message]?.lines.append(line)
  }

  /// Puts one problem for each kind of fault into `scan`.
  func report(_ scan: inout DatasetScan) {
    for message in order {
      guard let fault = faults[message], let first = fault.lines.first else { continue }
      let text = fault.text.count > 120 ? fault.text.prefix(120) + "..." : fault.text[...]
      var rest = ""
      if fault.lines.count > 1 {
        let named = fault.lines.dropFirst().prefix(Self.mostNamed).map(String.init).joined(separator: ", ")
        let more = fault.lines.count - 1 > Self.mostNamed ? ", ..." : ""
        rest = " (and \(fault.lines.count - 1) more lines: \(named)\(more))"
      }
      let said = "line \(first), '\(text)', \(message)\(rest)"
      if fault.severity == .error { scan.fail(path, said) } else { scan.warn(path, said) }
    }
  }
}
