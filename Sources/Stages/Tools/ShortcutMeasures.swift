internal import Engine
internal import Records
internal import Shortcuts

/// A variable of the shortcut audit: what it is called, whether a detector can see it, what helps.
struct ShortcutMeasure: Sendable {
  var name: String
  /// Whether it leaves a trace in the pixels of a crop. What does not (how long a clip is) is shown, and fails no gate.
  var isSeen: Bool
  var advice: String

  init(_ name: String, isSeen: Bool = true, _ advice: String) {
    self.name = name
    self.isSeen = isSeen
    self.advice = advice
  }

  private static let encodeAlike =
    "encode both classes alike before cropping, as `ffmpeg` with one setting does: old traces stay, new ones are equal"
  private static let resizeAlike = "give both classes one size before they are encoded"
  private static let onlyFile = "a crop does not show it; it does tell that the classes were made by different programs"
  private static let balance = "take frames of both classes alike in this, or limit it with `filter`"

  /// In the order in which a reader looks for them.
  static let sources: [ShortcutMeasure] = [
    ShortcutMeasure("dataset", "give every dataset both classes, or judge each by itself"),
    ShortcutMeasure("compression", "use one level of compression (`c23`, `c40`) for both classes"),
    ShortcutMeasure("file type", encodeAlike), ShortcutMeasure("codec", encodeAlike),
    ShortcutMeasure("profile", isSeen: false, onlyFile), ShortcutMeasure("pixel format", encodeAlike),
    ShortcutMeasure("chroma", encodeAlike),
    ShortcutMeasure("colour", "convert both classes with one stated matrix and range"),
    ShortcutMeasure("JPEG quality", encodeAlike), ShortcutMeasure("JPEG tables", encodeAlike),
    ShortcutMeasure("JPEG order", isSeen: false, onlyFile),
    ShortcutMeasure("encoder", isSeen: false, onlyFile),
    ShortcutMeasure("width", resizeAlike), ShortcutMeasure("height", resizeAlike),
    ShortcutMeasure("turned", "turn the pictures before they are used"),
    ShortcutMeasure("frames per second", isSeen: false, onlyFile), ShortcutMeasure("seconds", isSeen: false, onlyFile),
    ShortcutMeasure("bytes", isSeen: false, onlyFile),
    ShortcutMeasure("bits per second", encodeAlike), ShortcutMeasure("bits per pixel", encodeAlike),
  ]

  static let crops: [ShortcutMeasure] = [
    ShortcutMeasure("dataset", "give every dataset both classes, or judge each by itself"),
    ShortcutMeasure("face pixels", "`filter: {min-face: ...}`, or sources of one size"),
    ShortcutMeasure("enlarged by", "`filter: {max-upscale: ...}`, or a smaller `crop: {size: ...}`"),
    ShortcutMeasure("sharpness", "`filter: {min-sharpness: ...}`; blur is drawn for both classes by `augment`"),
    ShortcutMeasure("fine detail", "a smaller `crop: {size: ...}` takes it from both classes; or encode both alike"),
    ShortcutMeasure("brightness", balance), ShortcutMeasure("contrast", balance),
    ShortcutMeasure("blockiness", encodeAlike), ShortcutMeasure("bytes per pixel", encodeAlike),
    ShortcutMeasure("detector score", "cut fakes around the faces of their originals (`boxes-from: original`)"),
    ShortcutMeasure("face from", "`detect: {every: 1}` looks at every frame of both classes"),
    ShortcutMeasure("cut by the border", "`filter: {max-cut: ...}`"),
    ShortcutMeasure("yaw", balance), ShortcutMeasure("pitch", balance), ShortcutMeasure("roll", balance),
    ShortcutMeasure("frame width", resizeAlike), ShortcutMeasure("frame height", resizeAlike),
    ShortcutMeasure("crop width", "a preset with a fixed size: `crop: {size: 256}`"),
    ShortcutMeasure("crop height", "a preset with a fixed size: `crop: {size: 256}`"),
    ShortcutMeasure("colour", "convert both classes with one stated matrix and range"),
  ]
}

/// The tables that are audited.
enum ShortcutTables {
  /// One row per source of role `train` whose facts are known.
  ///
  /// - Parameter facts: by the name of a source, as ``SourceFacts/row(_:)`` has them.
  static func sources(_ families: [Family], facts: [String: [JSONValue?]]) throws -> ShortcutTable {
    var rows: [(source: Source, item: ShortcutTable.Item, facts: [JSONValue?])] = []
    for family in families {
      for source in family.sources where source.role == .train {
        guard let known = facts[source.name], known.contains(where: { $0 != nil }) else { continue }
        rows.append((source, .init(key: source.name, group: family.name, label: source.label), known))
      }
    }
    let table = rows
    let variables = ParallelBlocks.map(of: 1, in: ShortcutMeasure.sources.count) { place -> ShortcutVariable? in
      let name = ShortcutMeasure.sources[place.lowerBound].name
      switch name {
      case "dataset": return ShortcutVariable(name, .categories(table.map(\.source.dataset)))
      case "compression":
        return ShortcutVariable(name, .categories(table.map { $0.source.compression ?? "not stated" }))
      default: break
      }
      let values = table.map { $0.facts[place.lowerBound] }
      let texts = values.map(\.?.text)
      if texts.contains(where: { $0 != nil }) { return ShortcutVariable(name, .categories(texts)) }
      let numbers = values.map(\.?.number)
      return numbers.contains { $0 != nil } ? ShortcutVariable(name, .numbers(numbers)) : nil
    }.compactMap(\.self)
    return try ShortcutTable(rows.map(\.item), variables)
  }

  /// One row per crop of role `train` that was found, not made.
  static func crops(_ entries: [SampleEntry]) throws -> ShortcutTable {
    let found = entries.filter { !$0.sample.isMade && $0.sample.role == .train }
    func numbers(_ name: String, _ value: (SampleEntry) -> Double?) -> ShortcutVariable {
      ShortcutVariable(name, .numbers(found.map(value)))
    }
    func categories(_ name: String, _ value: (SampleEntry) -> String?) -> ShortcutVariable {
      ShortcutVariable(name, .categories(found.map(value)))
    }
    let variables = [
      categories("dataset", \.sample.dataset),
      numbers("face pixels", \.sample.quality.facePixels), numbers("enlarged by", \.sample.quality.upscale),
      numbers("sharpness", \.sample.quality.sharpness), numbers("fine detail", \.sample.quality.fineDetail),
      numbers("brightness", \.sample.quality.brightness), numbers("contrast", \.sample.quality.contrast),
      numbers("blockiness", \.sample.quality.blockiness),
      numbers("bytes per pixel") { Double($0.length) / Double($0.sample.width * $0.sample.height) },
      numbers("detector score", \.sample.face.score),
      // A box taken over from the original was found there: where fakes take boxes over, all of them do.
      categories("face from") { $0.sample.face.origin == .interpolated ? "the frames around" : "its frame" },
      numbers("cut by the border", \.sample.quality.cutFraction),
      numbers("yaw", \.sample.quality.yawDegrees), numbers("pitch", \.sample.quality.pitchDegrees),
      numbers("roll", \.sample.quality.rollDegrees),
      numbers("frame width") { Double($0.sample.frameWidth) },
      numbers("frame height") { Double($0.sample.frameHeight) },
      numbers("crop width") { Double($0.sample.width) }, numbers("crop height") { Double($0.sample.height) },
      categories("colour") { $0.sample.colour.map { "\($0.matrix), \($0.range)" } },
    ]
    return try ShortcutTable(
      found.map { .init(key: $0.sample.key, group: $0.sample.family, label: $0.sample.label) }, variables)
  }
}

extension JSONValue {
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
