package import Foundation
package import Records

extension SplitTable {
  /// A list as DeepfakeBench reads it: `{dataset: {label: {split: {[compression:] {video: {label, frames}}}}}}`.
  package static func deepfakeBench(_ json: Data, name: String) throws(SplittingError) -> SplitTable {
    let list = try decode(
      [String: [String: [String: Level]]].self, json, name, "a list of DeepfakeBench, {dataset: {label: {split: …}}}")
    var table = SplitTable(format: "DeepfakeBench list", divisions: ["split"], rows: [])
    var withoutFrames: [String] = []
    for (dataset, labels) in list.sorted(by: { $0.key < $1.key }) {
      for (labelName, splits) in labels.sorted(by: { $0.key < $1.key }) {
        for (split, level) in splits.sorted(by: { $0.key < $1.key }) {
          for (compression, videos) in level.compressions.sorted(by: { $0.key < $1.key }) {
            for (video, entry) in videos.sorted(by: { $0.key < $1.key }) {
              let row = row(
                video, entry, dataset: dataset, labelName: labelName, split: split, compression: compression)
              if entry.frames?.isEmpty ?? true { withoutFrames.append(row.item.video) }
              table.rows.append(row)
            }
          }
        }
      }
    }
    guard !table.rows.isEmpty else {
      throw SplittingError(code: .badInput, message: "\(name) lists no video")
    }
    if !withoutFrames.isEmpty {
      table.findings.append(
        SplitFinding(
          code: .unpaired, message: "\(withoutFrames.count) videos are listed without a frame",
          examples: Array(withoutFrames.prefix(5))))
    }
    return table
  }

  private static func row(
    _ video: String, _ entry: Level.Video, dataset: String, labelName: String, split: String, compression: String
  ) -> SplitRow {
    let names = VideoName(video, dataset: "\(dataset)/\(labelName)")
    let label = BenchLabel(name: entry.label ?? labelName).label
    let method = label == .fake ? BenchLabel(name: entry.label ?? labelName).name : nil
    return SplitRow(
      item: LinkedItem(
        key: "\(dataset)/\(labelName)/\(video) \(split) \(compression)", dataset: dataset,
        video: "\(labelName)/\(video)", family: names?.original ?? "\(labelName)/\(video)", identity: names?.identity,
        donor: names?.donor, scene: names?.scene),
      label: label, method: method, frames: max(1, entry.frames?.count ?? 0),
      file: entry.frames?.first.map(VideoName.withForwardSlashes), sides: [split])
  }

  /// Videos by name, perhaps by compression first.
  private struct Level: Decodable {
    struct Video: Decodable {
      var label: String?
      var frames: [String]?
    }

    let compressions: [String: [String: Video]]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: AnyKey.self)
      var compressions: [String: [String: Video]] = [:]
      for key in container.allKeys {
        let inner = try container.nestedContainer(keyedBy: AnyKey.self, forKey: key)
        let isVideo = inner.allKeys.contains { ["label", "frames"].contains($0.stringValue) }
        if isVideo {
          compressions["", default: [:]][key.stringValue] = try container.decode(Video.self, forKey: key)
        } else {
          compressions[key.stringValue] = try container.decode([String: Video].self, forKey: key)
        }
      }
      self.compressions = compressions
    }
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// A class of DeepfakeBench's lists, such as `FF-real` or `CelebDFv2_fake`.
package struct BenchLabel: Hashable, Sendable {
  package var name: String

  package init(name: String) { self.name = name }

  /// Its names have `real` in them exactly where they mean it; 1 = fake there, too.
  package var label: Label { name.lowercased().contains("real") ? .real : .fake }
}
