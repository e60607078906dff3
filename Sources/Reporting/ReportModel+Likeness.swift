/// What looking for copies, faces and scenes contributes to a report.
extension ReportModel {
  /// How near the nearest pictures, or sources, of other families are: by this a threshold can be chosen.
  package struct Likeness: Codable, Hashable, Sendable {
    /// What was looked for: `near-duplicate`, `face`, `scene`.
    package var kind: String
    /// What came of it, in a sentence.
    package var outcome: String
    /// What the steps measure: `bits`, `cosine`.
    package var measure: String
    /// Steps of the measure in order, and how many have their nearest there.
    package var nearest: [Count]
    /// Pairs that are least alike of those that were linked: where they show different things, the threshold is too wide.
    package var weakest: [LikePair] = []

    package init(kind: String, outcome: String, measure: String, nearest: [Count]) {
      self.kind = kind
      self.outcome = outcome
      self.measure = measure
      self.nearest = nearest
    }
  }

  /// Two pictures that something found alike; both index ``ReportModel/pictures``.
  package struct LikePair: Codable, Hashable, Sendable {
    package var first: Int
    package var second: Int
    /// What was measured, in words.
    package var evidence: String

    package init(first: Int, second: Int, evidence: String) {
      (self.first, self.second, self.evidence) = (first, second, evidence)
    }
  }
}
