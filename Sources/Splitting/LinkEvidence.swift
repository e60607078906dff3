private import Foundation

/// What speaks for a link that something found between two samples.
package struct LinkEvidence: Codable, Hashable, Sendable {
  /// What the likeness is: `correlation` of edges, `cosine` of features.
  package var measure: String
  /// At most 1.
  package var similarity: Double
  /// Bits in which hashes differ, where hashes found it.
  package var bits: Int?
  /// Whether one shows the other in a mirror.
  package var isMirrored: Bool

  package init(measure: String, similarity: Double, bits: Int? = nil, isMirrored: Bool = false) {
    (self.measure, self.similarity, self.bits, self.isMirrored) = (measure, similarity, bits, isMirrored)
  }

  /// `2 bits apart, correlation 0.97, in a mirror`.
  package var words: String { Self.words([self]) ?? "" }

  /// `2 to 4 bits apart, correlation 0.94 to 0.97, in a mirror`: what several links between the same two videos say
  /// together; `nil` for none.
  static func words(_ all: [LinkEvidence]) -> String? {
    guard let first = all.first else { return nil }
    let similarities = all.map(\.similarity).map { String(format: "%.2f", $0) }
    func range(_ least: String, _ most: String) -> String { least == most ? least : "\(least) to \(most)" }
    var parts: [String] = []
    let bits = all.compactMap(\.bits)
    if let least = bits.min(), let most = bits.max() { parts.append("\(range("\(least)", "\(most)")) bits apart") }
    if let least = similarities.min(), let most = similarities.max() {
      parts.append("\(first.measure) \(range(least, most))")
    }
    let mirrored = all.count(where: \.isMirrored)
    if mirrored > 0 { parts.append(mirrored == all.count ? "in a mirror" : "\(mirrored) in a mirror") }
    return parts.joined(separator: ", ")
  }
}
