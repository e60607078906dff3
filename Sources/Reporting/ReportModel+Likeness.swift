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

    package init(kind: String, outcome: String, measure: String, nearest: [Count]) {
      self.kind = kind
      self.outcome = outcome
      self.measure = measure
      self.nearest = nearest
    }
  }
}
