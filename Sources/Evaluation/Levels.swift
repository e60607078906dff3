internal import Records

extension Level {
  /// The items of this level, sorted; a clip or picture without any score is an item that is missing.
  ///
  /// Samples of one clip that differ in label, method or fold are apart.
  ///
  /// - Throws: where repetitions were not made alike, or a score is NaN.
  package func items(
    _ samples: [Judgement], aggregation: VideoAggregation = .mean
  ) throws(EvaluationError) -> [Judgement] {
    for sample in samples {
      guard !sample.scores.contains(where: \.isNaN) else {
        throw EvaluationError(code: .notANumber, message: "a score of \(sample.key) is NaN; the model has diverged")
      }
    }
    let wanted = samples.filter { $0.isPicture == (self == .images) }
    if self == .frames { return wanted.filter { !$0.isMissing }.sorted { $0.key < $1.key } }
    var members: [ClipKey: [Judgement]] = [:]
    for sample in wanted { members[ClipKey(sample), default: []].append(sample) }
    var items: [Judgement] = []
    for (_, samples) in members.sorted(by: { $0.key < $1.key }) { items.append(try Self.clip(samples, aggregation)) }
    return items
  }

  /// - Requires: `samples` is not empty and of one clip.
  private static func clip(_ samples: [Judgement], _ aggregation: VideoAggregation) throws(EvaluationError) -> Judgement
  {
    // Key order, so that the sum's rounding does not depend on the order of the input.
    let samples = samples.sorted { $0.key < $1.key }
    var clip = samples[0]
    clip.key = clip.video
    let scored = samples.filter { !$0.isMissing }
    let seeds = scored.first?.scores.count ?? 0
    guard scored.allSatisfy({ $0.scores.count == seeds }) else {
      throw EvaluationError(
        code: .mixedScores,
        message: "samples of \(clip.video) have different numbers of scores; judge all of a video's samples alike")
    }
    clip.scores = (0..<seeds).map { seed in aggregation.score(scored.map { $0.scores[seed] }) }
    clip.missing = scored.isEmpty ? clip.missing ?? "no-score" : nil
    clip.facePixels = median(scored.compactMap(\.facePixels))
    clip.sharpness = median(scored.compactMap(\.sharpness))
    let clusters = Dictionary(grouping: scored.compactMap(\.cluster)) { $0 }
    clip.cluster = clusters.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key
    return clip
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : VideoAggregation.median.score(values)
  }
}

/// What the samples of one clip have in common.
private struct ClipKey: Hashable, Comparable {
  private let fields: [String]

  init(_ sample: Judgement) {
    let fold = sample.fold.map(String.init) ?? ""
    fields = [sample.video, sample.dataset, String(sample.label.rawValue), sample.method ?? "", fold]
  }

  static func < (left: ClipKey, right: ClipKey) -> Bool { left.fields.lexicographicallyPrecedes(right.fields) }
}
