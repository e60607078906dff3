/// A path as a list writes it.
struct ListPath {
  /// Below the root, forward slashes, without `.`.
  let path: String
  /// Whether it was written with backslashes.
  let hadBackslashes: Bool

  /// - Returns: `nil` for an absolute path, a drive letter, or one that leads out of the root.
  init?(_ written: String) {
    let slashed = written.contains("\\") ? String(written.map { $0 == "\\" ? "/" : $0 }) : written
    hadBackslashes = slashed != written
    guard !slashed.hasPrefix("/"), slashed.prefixMatch(of: /[A-Za-z]:/) == nil else { return nil }
    let parts = slashed.split(separator: "/").filter { $0 != "." }
    guard !parts.isEmpty, !parts.contains("..") else { return nil }
    path = parts.joined(separator: "/")
  }
}
