package import Foundation
private import Records

extension SplitTable {
  /// The split of FaceForensics++ by its own files: pairs of sequences, each giving two originals and, by every method,
  /// a fake in either direction.
  ///
  /// - Parameters:
  ///   - splits: content of `train.json`, `val.json`, `test.json` by side.
  ///   - conversion: content of `conversion_dict.json`, where there is one.
  package static func faceForensics(
    splits: [(side: String, json: Data)], conversion: Data?
  ) throws(SplittingError) -> SplitTable {
    var table = SplitTable(format: "FaceForensics++ pairs", divisions: ["split"], rows: [])
    var sidesOfSequence: [String: [String]] = [:]
    for (side, json) in splits {
      for pair in try decode([[String]].self, json, "\(side).json", "a list of pairs of sequences") {
        guard pair.count == 2, pair[0] != pair[1] else {
          table.findings.append(
            SplitFinding(
              code: .unpaired, message: "\(side).json: \(pair) is not a pair of two sequences", examples: pair))
          continue
        }
        table.pairs.append(Pair(first: pair[0], second: pair[1], side: side))
        for (target, donor) in [(pair[0], pair[1]), (pair[1], pair[0])] {
          table.rows += [row(target, donor: nil, side: side), row(target, donor: donor, side: side)]
          sidesOfSequence[target, default: []].append(side)
        }
      }
    }
    for (sequence, sides) in sidesOfSequence.sorted(by: { $0.key < $1.key }) where sides.count > 1 {
      table.findings.append(
        SplitFinding(
          code: .unpaired, message: "sequence \(sequence) is in \(sides.count) pairs: \(sides.joined(separator: ", "))",
          examples: [sequence]))
    }
    guard let conversion else {
      table.notes.append("no conversion_dict.json: sequences cut from one YouTube video are not known as such")
      return table
    }
    let videos = try decode(
      [String: String].self, conversion, "conversion_dict.json", "a YouTube id by sequence")
    let unused = videos.keys.filter { sidesOfSequence[$0] == nil }.sorted()
    if !unused.isEmpty {
      table.findings.append(
        SplitFinding(
          code: .unpaired, message: "\(unused.count) sequences of conversion_dict.json are in no pair",
          examples: Array(unused.prefix(5))))
    }
    table.add(sourceVideos: videos)
    return table
  }

  private static func row(_ target: String, donor: String?, side: String) -> SplitRow {
    let name = donor.map { "\(target)_\($0)" } ?? target
    return SplitRow(
      item: LinkedItem(
        key: "\(name) \(side)", dataset: "", video: name, family: target, identity: target, donor: donor),
      label: donor == nil ? .real : .fake, method: nil, sides: [side])
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, _ json: Data, _ name: String, _ what: String
  ) throws(SplittingError) -> Value {
    do { return try JSONDecoder().decode(type, from: json) } catch {
      throw SplittingError(code: .badInput, message: "\(name) is not \(what): \(error)")
    }
  }
}
