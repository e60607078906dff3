internal import Records

/// What went through one stage: `input + made == output + dropped + failed + quarantined`.
package struct StageCounts: Codable, Hashable, Sendable {
  package var input = 0
  /// Items beyond those that came in: the frames of a video but one, further faces of a frame, further samples.
  package var made = 0
  package var output = 0
  /// Items by reason.
  package var dropped: [String: Int] = [:]
  /// Those of ``dropped`` that are fakes; the rest are reals, or have no label of their own.
  package var droppedFakes: [String: Int] = [:]
  /// Items by code.
  package var failed: [String: Int] = [:]
  /// Items that take the worker down, by code.
  package var quarantined: [String: Int] = [:]

  package init() {}

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    input = try values.decode(Int.self, forKey: .input)
    output = try values.decode(Int.self, forKey: .output)
    dropped = try values.decodeIfPresent([String: Int].self, forKey: .dropped) ?? [:]
    droppedFakes = try values.decodeIfPresent([String: Int].self, forKey: .droppedFakes) ?? [:]
    failed = try values.decodeIfPresent([String: Int].self, forKey: .failed) ?? [:]
    quarantined = try values.decodeIfPresent([String: Int].self, forKey: .quarantined) ?? [:]
    // Manifests of earlier versions do not have it.
    made = try values.decodeIfPresent(Int.self, forKey: .made) ?? 0
    if !values.contains(.made) { made = max(0, -unaccounted) }
  }

  /// Items that came in and did not go on.
  package var left: Int { [dropped, failed, quarantined].reduce(0) { $0 + $1.values.reduce(0, +) } }

  /// Items that came in or were made and ended nowhere: 0 where the books are right, negative where too many ended.
  package var unaccounted: Int { input + made - output - left }

  /// ``dropped``, each reason with the number of fakes beside it where there are any: `no-face (9 fake)`.
  package var droppedByReason: [String: Int] {
    Dictionary(
      uniqueKeysWithValues: dropped.map { reason, count in
        (droppedFakes[reason].map { "\(reason) (\($0) fake)" } ?? reason, count)
      })
  }

  package static func + (left: StageCounts, right: StageCounts) -> StageCounts {
    var sum = left
    sum.input += right.input
    sum.made += right.made
    sum.output += right.output
    sum.dropped.merge(right.dropped, uniquingKeysWith: +)
    sum.droppedFakes.merge(right.droppedFakes, uniquingKeysWith: +)
    sum.failed.merge(right.failed, uniquingKeysWith: +)
    sum.quarantined.merge(right.quarantined, uniquingKeysWith: +)
    return sum
  }

  /// Counts one drop.
  mutating func drop(_ drop: Drop) {
    dropped[drop.reason, default: 0] += 1
    if drop.label == .fake { droppedFakes[drop.reason, default: 0] += 1 }
  }
}

/// Counts by stage id that leave out what nothing was counted of: manifests hold those of every stage of every family.
@propertyWrapper
package struct SparseCounts: Codable, Hashable, Sendable {
  package var wrappedValue: [String: StageCounts]

  package init(wrappedValue: [String: StageCounts]) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws { wrappedValue = try [String: StageCounts](from: decoder) }

  package func encode(to encoder: any Encoder) throws {
    try wrappedValue.mapValues(StageCounts.Sparse.init).encode(to: encoder)
  }
}

extension StageCounts {
  fileprivate struct Sparse: Encodable {
    let counts: StageCounts

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(counts.input, forKey: .input)
      try values.encode(counts.made, forKey: .made)
      try values.encode(counts.output, forKey: .output)
      for (key, items) in [
        (CodingKeys.dropped, counts.dropped), (.droppedFakes, counts.droppedFakes), (.failed, counts.failed),
        (.quarantined, counts.quarantined),
      ] where !items.isEmpty {
        try values.encode(items, forKey: key)
      }
    }
  }
}
