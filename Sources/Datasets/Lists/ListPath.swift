/// A path as a list writes it.
struct ListPath {
  /// Below the root, forward slashes, without `.`.
  let path: String
  /// Whether it was written with backslashes.
  let hadBackslashes: Bool

  /// - Returns: `nil` for an absolute path, a drive letter, or one that leads out of the root.
  init?(_ written: String) {
    let slash = UInt8(ascii: "/")
    hadBackslashes = written.utf8.contains(UInt8(ascii: "\\"))
    let slashed = hadBackslashes ? String(written.map { $0 == "\\" ? "/" : $0 }) : written
    guard slashed.utf8.first != slash, slashed.utf8.dropFirst().first != UInt8(ascii: ":") else { return nil }
    let parts = slashed.utf8.split(separator: slash, omittingEmptySubsequences: false)
    guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else { return nil }
    let named = parts.filter { !$0.isEmpty && !$0.elementsEqual(".".utf8) }
    guard !named.isEmpty else { return nil }
    path = named.count == parts.count ? slashed : named.map { String(Substring($0)) }.joined(separator: "/")
  }
}
