private import Records

/// The name that somebody who wrote another one may have meant.
enum Nearest {
  /// `; did you mean 'root'?`, or the names there are when none is near.
  static func hint(for written: String, among names: [String]) -> String {
    if let near = nearestName(to: written, among: names) { return "; did you mean '\(near)'?" }
    return names.isEmpty ? "" : "; there are \(names.joined(separator: ", "))"
  }
}
