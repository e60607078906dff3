/// The name that somebody who wrote another one may have meant.
enum Nearest {
  /// `; did you mean 'root'?`, or the names there are when none is near.
  static func hint(for written: String, among names: [String]) -> String {
    let most = max(1, written.count / 3)
    let near = names.map { (distance: distance(written, $0), name: $0) }.filter { $0.distance <= most }
    if let best = near.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) {
      return "; did you mean '\(best.name)'?"
    }
    return names.isEmpty ? "" : "; there are \(names.joined(separator: ", "))"
  }

  /// Least number of letters put in, left out or changed, whatever their case.
  ///
  /// Source: Wagner and Fischer 1974.
  private static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        (diagonal, row[j + 1]) = (row[j + 1], min(diagonal + (letter == other ? 0 : 1), row[j] + 1, row[j + 1] + 1))
      }
    }
    return row[right.count]
  }
}
