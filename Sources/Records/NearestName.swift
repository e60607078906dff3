/// The candidate nearest to `word` by edit distance, if any is near enough to be what was meant.
package func nearestName(to word: String, among candidates: [String]) -> String? {
  func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[right.count]
  }
  let scored = candidates.map { (distance(Array(word.lowercased()), Array($0.lowercased())), $0) }
  guard let best = scored.min(by: { $0 < $1 }), best.0 <= max(2, word.count / 3) else { return nil }
  return best.1
}
