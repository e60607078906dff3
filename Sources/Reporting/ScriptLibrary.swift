/// D3, as somebody else packaged it: read from the system when a report is written, and carried in the page.
package struct ScriptLibrary: Sendable {
  /// Major versions whose functions the page's own script calls.
  package static let versions = 5...7
  /// How to get one, for the page and for people.
  package static let remedy =
    "D3 is missing: install Debian's package node-d3 (`apt-get install node-d3`), then write the report again with `dfprep report`"

  package let source: String
  package let version: String
  /// Its licence, for the page.
  package let notice: String

  /// - Parameters:
  ///   - source: the file, which begins with a line such as `// https://d3js.org v5.16.0 Copyright 2022 Mike Bostock`.
  ///   - licence: its text, where it is at hand.
  /// - Returns: `nil` for a file that is not D3, of a version unknown here, or that could not stand in a page.
  package init?(source: String, licence: String?) {
    guard let head = source.split(separator: "\n", maxSplits: 1).first, head.hasPrefix("// https://d3js.org"),
      let match = head.firstMatch(of: /v(\d+)\.\d+\.\d+/), let major = Int(match.1), Self.versions.contains(major),
      !source.lowercased().contains("</script"), !source.contains("<!--"), !source.contains("\r")
    else { return nil }
    self.source = source
    version = String(match.0.dropFirst())
    let copyright = head.firstRange(of: "Copyright").map { String(head[$0.lowerBound...]) } ?? "Copyright Mike Bostock"
    let text = licence.map { "\n" + $0 } ?? " See https://opensource.org/licenses/BSD-3-Clause."
    notice = "D3 \(version), \(copyright), BSD 3-clause licence.\(text)"
  }

  /// The script with its notice before it.
  var script: String {
    let text = Format.printable(notice).replacing("*/", with: "* /").replacing("<", with: "\u{2039}").replacing(
      "\r", with: "")
    return "/*!\n\(text)\n*/\n\(source)"
  }
}
