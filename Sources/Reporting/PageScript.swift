private import Foundation
private import Records

/// Scripts of a page, and the policy that lets these and no others run.
enum PageScript {
  /// The page's own script: one function around all files, so that nothing of it is global.
  static let explorer: String = {
    let files = [
      PackageResources.data_js, PackageResources.palette_js, PackageResources.raster_js, PackageResources.view_js,
      PackageResources.filters_js, PackageResources.selection_js, PackageResources.card_js, PackageResources.main_js,
    ]
    let text = files.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    return "(() => {\n\"use strict\";\n\(text)})();\n"
  }()

  /// Nothing from anywhere, and only the given scripts, by their digests.
  static func policy(_ scripts: [String]) -> String {
    let sources = scripts.isEmpty ? "'none'" : scripts.map { "'sha256-\(digest(of: $0))'" }.joined(separator: " ")
    return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src \(sources)"
  }

  private static func digest(of script: String) -> String {
    let digits = Array(Digest(of: script).hex)
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    return Data(bytes).base64EncodedString()
  }
}
