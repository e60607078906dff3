internal import Engine

/// The books of a run, a line per stage.
enum StageTable {
  static func print(_ stages: [StageRecord]) {
    let rows = stages.map { stage in
      let isPending = stage.state == .pending
      let reasons = stage.counts.droppedByReason.merging(stage.counts.failed, uniquingKeysWith: +)
        .merging(stage.counts.quarantined, uniquingKeysWith: +)
        .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
      return [
        stage.id, stage.state.rawValue, isPending ? "" : "\(stage.counts.input)",
        isPending ? "" : "\(stage.counts.made)",
        isPending ? "" : "\(stage.counts.output)",
        isPending ? "" : "\(stage.counts.dropped.values.reduce(0, +))",
        isPending ? "" : "\(stage.counts.failed.values.reduce(0, +))",
        isPending ? "" : "\(stage.counts.quarantined.values.reduce(0, +))", reasons.joined(separator: ", "),
      ]
    }
    for stage in stages where stage.counts.unaccounted != 0 {
      Console.remark(
        "stage '\(stage.id)' does not add up: in + made is \(stage.counts.input + stage.counts.made), "
          + "\(stage.counts.output + stage.counts.left) ended; `dfprep verify` says more")
    }
    Console.printTable(["stage", "state", "in", "made", "out", "dropped", "failed", "quarantined", "reasons"], rows)
  }
}
