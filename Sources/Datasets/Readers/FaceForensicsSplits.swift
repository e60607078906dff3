internal import Foundation
internal import Records

/// `splits/*.json` and `conversion_dict.json` of FaceForensics++.
struct FaceForensicsSplits {
  /// Official split by sequence (`000` to `999`).
  private var splitOfSequence: [String: String] = [:]
  /// Pairs as the splits name them.
  private var pairs: [(first: String, second: String)] = []
  /// YouTube id by sequence.
  private var videoOfSequence: [String: String] = [:]

  /// Reads what is there; what is not is a warning in `scan`.
  init(_ folder: DatasetFolder, _ scan: inout DatasetScan) throws(DatasetsError) {
    for (file, split) in [("test", "test"), ("train", "train"), ("val", "validation")] {
      let path = "splits/\(file).json"
      let named: [[String]]? = try Self.read(path, folder, &scan, without: "their clips have no official split")
      for pair in named ?? [] {
        guard pair.count == 2 else {
          scan.fail(path, "\(pair) is not a pair of sequences")
          continue
        }
        pairs.append((pair[0], pair[1]))
        for sequence in pair {
          if sequence.wholeMatch(of: /\d{3}/) == nil {
            scan.fail(path, "'\(sequence)' is not a sequence of three digits")
          }
          if let other = splitOfSequence.updateValue(split, forKey: sequence), other != split {
            scan.warn(path, "sequence \(sequence) is in the split '\(other)' too")
          }
        }
      }
    }
    let videos: [String: String]? = try Self.read(
      "conversion_dict.json", folder, &scan, without: "sequences cut from one YouTube video are not known as such")
    // "<YouTube id> <number of the clip>"
    videoOfSequence = (videos ?? [:]).mapValues { $0.split(separator: " ").first.map(String.init) ?? $0 }
    if let videos {
      let distinct = Set(videoOfSequence.values).count
      scan.notes.append("conversion_dict.json: \(videos.count) sequences from \(distinct) videos")
    }
  }

  /// File names that the splits name: every sequence, or every pair in both directions; sorted.
  func names(ofFakes: Bool) -> [String] {
    guard ofFakes else { return splitOfSequence.keys.map { "\($0).mp4" }.sorted() }
    return pairs.flatMap { ["\($0.first)_\($0.second).mp4", "\($0.second)_\($0.first).mp4"] }.sorted()
  }

  /// Fills in split and source video of a clip.
  func describe(_ source: inout Source, target: String, donor: String?, _ scan: inout DatasetScan) {
    source.officialSplit = splitOfSequence[target]
    source.sourceVideo = videoOfSequence[target]
    if let donor, let own = splitOfSequence[target], let other = splitOfSequence[donor], own != other {
      scan.warn(source.path, "target \(target) is in the split '\(own)', donor \(donor) in '\(other)'")
    }
  }

  /// Notes YouTube videos whose sequences lie in different official splits, among the sequences that are there.
  func noteCrossings(_ scan: inout DatasetScan) {
    let sequences = Set(scan.sources.filter { $0.sourceVideo != nil }.compactMap(\.identity))
    let crossings = Dictionary(grouping: videoOfSequence.keys.filter(sequences.contains)) { videoOfSequence[$0] }
      .values.filter { Set($0.compactMap { splitOfSequence[$0] }).count > 1 }.map { $0.sorted().joined(separator: "/") }
    guard !crossings.isEmpty else { return }
    scan.notes.append(
      "\(crossings.count) YouTube videos have sequences in two official splits (\(crossings.sorted().joined(separator: ", "))); "
        + "the link source-video holds them together")
  }

  private static func read<Value: Decodable>(
    _ path: String, _ folder: DatasetFolder, _ scan: inout DatasetScan, without loss: String
  ) throws(DatasetsError) -> Value? {
    guard folder.isFile(path) else {
      scan.warn(path, "not there; \(loss)")
      return nil
    }
    let data = try folder.data(path)
    do { return try JSONDecoder().decode(Value.self, from: data) } catch {
      scan.fail(path, "cut off, or not a list of FaceForensics++; \(loss) (\(error))")
      return nil
    }
  }
}
