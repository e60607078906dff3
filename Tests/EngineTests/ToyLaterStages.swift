import Engine
import Foundation
import Records

/// Puts two features per sample: the length of its text and its first byte.
struct LengthsStage: SampleStage {
  struct Options: StageOptions {
    var scale = 1.0
    static let fields = [OptionField("scale", .number(0...10), "Factor of every feature.")]
  }

  static let name = "lengths"
  static let version = 1
  static let summary = "Measures lines."
  static let puts = SampleStageOutput.features
  let options: Options
  init(options: Options) { self.options = options }

  func process(_ samples: [SampleEntry], context: StageContext, sink: any SampleSink) throws {
    for entry in samples {
      let bytes = try entry.image()
      try sink.put(
        features: [Float(bytes.count), Float(bytes.first ?? 0)].map { $0 * Float(options.scale) }, key: entry.sample.key
      )
    }
  }
}

/// Adds every training sample's text backwards, as a fake.
struct MirrorStage: SampleStage {
  struct Options: StageOptions {
    var method = "mirror"
    static let fields = [OptionField("method", .text, "Name of the method.")]
  }

  static let name = "mirror"
  static let version = 1
  static let summary = "Adds mirrored lines."
  static let puts = SampleStageOutput.samples
  let options: Options
  init(options: Options) { self.options = options }

  func process(_ samples: [SampleEntry], context: StageContext, sink: any SampleSink) throws {
    for entry in samples where entry.sample.role == .train {
      var sample = entry.sample
      sample.key = SampleKey.make(
        dataset: sample.dataset, path: sample.path, pts: sample.pts, track: sample.track, variant: "mirror")
      sample.variant = "mirror"
      sample.label = .fake
      sample.method = options.method
      sample.parents = [entry.sample.key]
      try sink.put(sample, image: entry.image().reversed())
    }
  }
}

extension ProductKind {
  static let tally = ProductKind("tally")
}

/// Drops short lines and writes how many there were of each length.
struct TallyStage: TableStage {
  struct Options: StageOptions {
    var least = 2
    static let fields = [OptionField("least", .integer(0...100), "Shorter lines are dropped.")]
  }

  static let name = "tally"
  static let version = 1
  static let summary = "Counts lines."
  static let reads: [ProductRequirement] = [.required(.features)]
  static let writes: ProductKind? = .tally
  let options: Options
  init(options: Options) { self.options = options }

  func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    let features = try inputs.features()
    var outcome = TableOutcome()
    var lengths: [Int: Int] = [:]
    for (row, key) in features.keys.enumerated() {
      let length = Int(features.values[row * features.columns])
      lengths[length, default: 0] += 1
      outcome.annotations.append(Annotation(key: key, name: "length", value: "\(length)"))
      if length < options.least { outcome.drops.append(Drop(stage: context.stageID, item: key, reason: "short")) }
    }
    let text = lengths.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
    try Data(text.utf8).write(to: output.appending(path: "tally.txt"))
    outcome.summary = ["\(features.rows) lines of \(lengths.count) lengths"]
    return outcome
  }
}

/// Shows the tally.
struct ShowStage: TableStage {
  static let name = "show"
  static let version = 1
  static let summary = "Shows the tally."
  static let reads: [ProductRequirement] = [.required(.tally), .optional(.history)]
  static let writes: ProductKind? = nil
  init(options: NoOptions) {}

  func run(
    _ inputs: TableInputs, parts: [String: URL], output: URL, context: StageContext
  ) throws -> TableOutcome {
    guard let tally = inputs.product(.tally) else { throw ToolError(.failed, "no tally") }
    let text = try String(contentsOf: tally.file("tally.txt"), encoding: .utf8)
    try Data("\(text)\(inputs.history.count) stages\n".utf8).write(to: output.appending(path: "show.txt"))
    return TableOutcome()
  }
}
