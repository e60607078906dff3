internal import Engine
internal import Evaluation
internal import Records

/// Sources of a run that have no sample to judge: a detector has no answer there, and the table says so.
struct MissingSources {
  let predictions: [Prediction]
  /// Training sources with samples that no fold validates on.
  let neverValidated: Int

  /// - Parameters:
  ///   - judged: what was said of the samples.
  ///   - roles: those that were judged at all.
  init(_ inputs: TableInputs, judged: [Prediction], roles: Set<Role>) throws {
    let reasons = try Self.reasons(inputs)
    let withSamples = Set(try inputs.samples().filter { !$0.sample.isMade }.map(\.sample.sourceName))
    let byVideo = Dictionary(judged.filter { !$0.isMade }.map { ($0.video, $0) }) { first, _ in first }
    var missing: [Prediction] = []
    var neverValidated = 0
    for family in inputs.families {
      // The fold and the group of its relatives, where those were judged.
      let relative = family.sources.lazy.compactMap { byVideo[$0.name] }.first
      for source in family.sources where roles.contains(source.role) && byVideo[source.name] == nil {
        if withSamples.contains(source.name) {
          neverValidated += 1
        } else {
          missing.append(
            Prediction(
              missing: source, group: relative?.group ?? family.name, fold: relative?.fold,
              reason: reasons[source.name] ?? "no-sample"))
        }
      }
    }
    predictions = missing
    self.neverValidated = neverValidated
  }

  /// By source: its failure, or the most frequent reason for which its frames and faces were dropped.
  private static func reasons(_ inputs: TableInputs) throws -> [String: String] {
    var counts: [String: [String: Int]] = [:]
    var failures: [String: String] = [:]
    let families = Dictionary(inputs.families.map { ($0.name, $0) }) { first, _ in first }
    for outcome in try inputs.outcomes() {
      let names = Dictionary((families[outcome.name]?.sources ?? []).map { ($0.path, $0.name) }) { first, _ in first }
      for source in outcome.sources where source.status != .done {
        failures[names[source.path] ?? source.path] = source.failure?.code ?? source.status.rawValue
      }
      for drop in outcome.drops { counts[name(of: drop.item), default: [:]][drop.reason, default: 0] += 1 }
    }
    for drop in try inputs.drops() { counts[name(of: drop.item), default: [:]][drop.reason, default: 0] += 1 }
    return counts.compactMapValues { $0.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }
      .merging(failures) { $1 }
  }

  /// The source of a dropped item: a frame or face, `source@pts`, or a sample's key.
  private static func name(of item: String) -> String {
    if let at = item.lastIndex(of: "@") { return String(item[..<at]) }
    let parts = item.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 4 else { return item }
    let escaped = parts.dropLast(3).joined(separator: "/")
    return SampleKey.unescape(escaped) ?? escaped
  }
}
