private import Foundation

/// Numbers and text as a report prints them; the same on every host.
enum Format {
  /// Digits in groups of three, parted by narrow no-break spaces.
  static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "\u{2212}" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }

  /// `value` with that many decimals; an en dash for what is not a number.
  static func decimal(_ value: Double?, _ places: Int) -> String {
    guard let value, value.isFinite else { return "\u{2013}" }
    // The formatter writes "-0.0" for a small negative number.
    let text = String(format: "%.\(places)f", value)
    return text.contains { "123456789".contains($0) }
      ? text.replacing("-", with: "\u{2212}") : text.replacing("-", with: "")
  }

  /// `text` with every decimal fraction of more than four digits cut to three that mean something.
  static func shortened(_ text: String) -> String {
    text.replacing(/(^|[^0-9A-Za-z.])([0-9]+)\.([0-9]{5,})(?![0-9A-Za-z]|\.[0-9])/) { found in
      let (_, before, whole, fraction) = found.output
      let zeros = whole == "0" ? fraction.prefix { $0 == "0" }.count : 0
      return before + decimal(Double("\(whole).\(fraction)"), zeros + 3)
    }
  }

  /// A magnitude: grouped and without decimals from 1000 on, with two below.
  static func large(_ value: Double?) -> String {
    guard let value, value.isFinite, abs(value) < 1e15 else { return "\u{2013}" }
    return abs(value) < 1000 ? decimal(value, 2) : count(Int(value.rounded()))
  }

  static func percent(_ fraction: Double) -> String { "\(decimal(fraction * 100, 1))\u{202F}%" }

  /// Seconds as `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "\u{2013}" }
    if seconds < 10 { return "\(decimal(seconds, 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
    return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
  }

  /// `12 no-face, 3 too-small`; an en dash for nothing.
  static func counts(_ counts: [ReportModel.Count]) -> String {
    counts.isEmpty ? "\u{2013}" : counts.map { "\(count($0.count)) \($0.name)" }.joined(separator: ", ")
  }

  /// Text that may stand in XML, as content or in a quoted attribute; what XML cannot hold becomes U+FFFD.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(printable(scalar))
      }
    }
    return result
  }

  /// `text` without the control characters that neither XML nor a reader can show.
  static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map(printable)))
  }

  private static func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0xFFFD, 0x10000...: scalar
    default: "\u{FFFD}"
    }
  }
}
