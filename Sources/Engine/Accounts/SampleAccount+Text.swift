private import Foundation
private import Records

extension SampleAccount {
  /// For people.
  package var lines: [String] {
    let facts = source.source
    var lines = ["\(key)"]
    lines.append(
      "source   \(facts.name): \(facts.label.name), \(facts.role.rawValue)"
        + (facts.method.map { ", made by \($0)" } ?? "") + (facts.original.map { ", of \($0)" } ?? "")
        + ", \(source.status)" + (source.code.map { " (\($0): \(source.message ?? ""))" } ?? ""))
    lines.append("family   \(source.family)")
    if let sha256 = source.sha256 { lines.append("content  SHA-256 \(sha256)") }
    for note in source.notes { lines.append("note     \(note)") }
    if let sample {
      lines += Self.lines(of: sample, seconds: seconds ?? 0)
    } else if dropped.isEmpty {
      lines.append("samples  \(source.samples)")
    }
    if let place {
      lines.append("picture  \(place.length) bytes at \(place.offset) of \(place.pack), SHA-256 \(place.sha256)")
    }
    for drop in dropped {
      lines.append("dropped  \(drop.item) by \(drop.stage): \(drop.reason)\(drop.detail.map { ", \($0)" } ?? "")")
    }
    for annotation in annotations { lines.append("found    \(annotation.name): \(annotation.value)") }
    for stage in stages {
      let options = (stage.dependencies?.values ?? [:]).filter { !["name", "seed", "numerics"].contains($0.key) }
        .sorted { $0.key < $1.key }.map { name, value in
          "\(name.replacing("option ", with: "")) \(value.utf8.count == 64 ? String(value.prefix(16)) : value)"
        }
      lines.append("stage    \(stage.stage) (\(stage.state.rawValue)): \(options.joined(separator: ", "))")
    }
    for (name, version) in versions.sorted(by: { $0.key < $1.key }) { lines.append("library  \(name) \(version)") }
    guard let stale else { return lines + ["stale    unknown: the datasets of the run cannot be read"] }
    for one in stale { lines.append("stale    \(one.of): \(one.change)") }
    return stale.isEmpty ? lines + ["stale    nothing"] : lines
  }

  private static func lines(of sample: Sample, seconds: Double) -> [String] {
    let box = sample.face.box
    func number(_ value: Double) -> String { String(format: "%.1f", value) }
    var lines = [
      "frame    \(sample.frameWidth) x \(sample.frameHeight) at "
        + "\(String(format: "%.3f", seconds)) s (\(sample.pts) of \(sample.timeBase.numerator)/\(sample.timeBase.denominator))",
      "face     track \(sample.track), box \(number(box.x)), \(number(box.y)), \(number(box.width)) x \(number(box.height)), score \(String(format: "%.3f", sample.face.score))",
      "crop     \(sample.width) x \(sample.height), \(sample.variant), \(sample.encoding)",
    ]
    for parent in sample.parents { lines.append("made of  \(parent)") }
    return lines
  }
}
