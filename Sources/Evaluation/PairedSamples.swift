internal import Records

/// The samples that two detectors have both judged, in key order, with the same facts in both.
struct PairedSamples {
  var first: [Judgement] = []
  var second: [Judgement] = []
  var onlyFirst: [String] = []
  var onlySecond: [String] = []
  var notes: [String] = []

  private static let mostExamples = 3

  /// - Throws: where a key has two labels, or nothing is in both.
  init(_ left: [Judgement], _ right: [Judgement]) throws(EvaluationError) {
    let (leftByKey, rightByKey) = (try Self.byKey(left, "first"), try Self.byKey(right, "second"))
    let keys = Set(leftByKey.keys).union(rightByKey.keys).sorted()
    var differing: [String] = []
    var disagreeing = 0
    for key in keys {
      guard let one = leftByKey[key], !one.isMissing else {
        if rightByKey[key]?.isMissing == false { onlySecond.append(key) }
        continue
      }
      guard let other = rightByKey[key], !other.isMissing else {
        onlyFirst.append(key)
        continue
      }
      guard one.label == other.label else {
        differing.append(key)
        continue
      }
      let facts = one.merged(with: other)
      disagreeing += facts.isDisputed ? 1 : 0
      var (mine, theirs) = (facts.judgement, facts.judgement)
      (mine.scores, theirs.scores) = (one.scores, other.scores)
      first.append(mine)
      second.append(theirs)
    }
    guard differing.isEmpty else {
      throw EvaluationError(
        code: .differentSamples,
        message: "\(differing.count) samples have another label in the second table than in the first: "
          + "\(Self.examples(differing)). If all have, one table means real by 1")
    }
    guard !first.isEmpty else {
      throw EvaluationError(
        code: .differentSamples,
        message: "no sample is in both tables; the first has \(Self.examples(leftByKey.keys.sorted())), "
          + "the second \(Self.examples(rightByKey.keys.sorted()))")
    }
    let neither = left.count(where: \.isMissing) + right.count(where: \.isMissing)
    if neither > 0 { notes.append("\(neither) rows have no score; such samples are in no pair") }
    if disagreeing > 0 {
      notes.append(
        "\(disagreeing) samples have another video, group, dataset, method, domain or fold in the second table; the first's is taken"
      )
    }
  }

  private static func byKey(
    _ judgements: [Judgement], _ which: String
  ) throws(EvaluationError) -> [String: Judgement] {
    var found: [String: Judgement] = [:]
    for judgement in judgements {
      guard found.updateValue(judgement, forKey: judgement.key) == nil else {
        throw EvaluationError(
          code: .differentSamples, message: "the \(which) table has '\(judgement.key)' twice; give each sample one row")
      }
    }
    return found
  }

  private static func examples(_ keys: [String]) -> String {
    keys.isEmpty ? "none" : keys.prefix(mostExamples).map { "'\($0)'" }.joined(separator: ", ")
  }
}

extension Judgement {
  /// What either table says of the sample, the first's word before the second's; and whether they contradict.
  fileprivate func merged(with other: Judgement) -> (judgement: Judgement, isDisputed: Bool) {
    var merged = self
    var isDisputed = false
    /// - Parameter isDefault: whether the value is only what a reader put for a column that is not there.
    func take<Value: Equatable>(_ path: WritableKeyPath<Judgement, Value>, isDefault: (Judgement) -> Bool) {
      switch (isDefault(self), isDefault(other)) {
      case (true, false): merged[keyPath: path] = other[keyPath: path]
      case (false, false): isDisputed = isDisputed || self[keyPath: path] != other[keyPath: path]
      default: break
      }
    }
    take(\.video) { $0.video == $0.key }
    let isGrouped = { (judgement: Judgement) in judgement.group != judgement.video }
    take(\.group) { !isGrouped($0) }
    if !isGrouped(self), !isGrouped(other) { merged.group = merged.video }
    take(\.dataset) { $0.dataset.isEmpty }
    take(\.method) { $0.method == nil }
    take(\.domain) { $0.domain == nil }
    take(\.fold) { $0.fold == nil }
    take(\.cluster) { $0.cluster == nil }
    take(\.facePixels) { $0.facePixels == nil }
    take(\.sharpness) { $0.sharpness == nil }
    return (merged, isDisputed)
  }
}
