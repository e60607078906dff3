internal import Records

/// Which column of a table of scores holds what.
struct ScoreColumns {
  /// What a column may hold.
  enum Name: String, CaseIterable {
    case key, label, score, video, group, dataset, method, domain, fold, cluster, role, made, missing, sharpness
    case facePixels = "face-pixels"

    /// Accepted names, in lower case with `-` between words.
    var spellings: [String] {
      switch self {
      case .key:
        [
          "key", "path", "file", "filename", "file-name", "file-path", "image", "image-path", "img", "img-name",
          "img-path", "sample", "sample-id", "frame-path",
        ]
      case .label: ["label", "target", "y", "y-true", "is-fake", "fake", "class", "ground-truth", "gt"]
      case .score:
        [
          "score", "mixture", "probability", "prob", "p", "pred", "prediction", "predicted", "y-pred", "y-score",
          "fake-prob", "fake-probability", "prob-fake", "p-fake", "fake-score", "output",
        ]
      case .video: ["video", "video-id", "video-name", "video-path", "clip", "clip-id"]
      case .group: ["group", "group-id", "family", "identity"]
      case .dataset: ["dataset", "data-set", "dataset-name", "source-dataset"]
      case .method: ["method", "manipulation", "forgery", "attack", "generator"]
      case .domain: ["domain"]
      case .fold: ["fold"]
      case .cluster: ["cluster", "cluster-id"]
      case .role: ["role", "split"]
      case .made: ["made"]
      case .missing: ["missing"]
      case .facePixels: ["face-pixels", "face-size"]
      case .sharpness: ["sharpness"]
      }
    }
  }

  private var places: [Name: Int] = [:]
  private var seeds: [Int] = []
  private var experts: [Int] = []
  private var unknown: [String] = []

  /// Whether scores are those of experts that were asked, to be averaged, as against seeds of one detector.
  var areExperts: Bool { seeds.isEmpty }

  /// - Throws: `malformed-table` where a column that is needed is not there, is there twice, or is nearly spelt as one.
  init(_ header: [String], name: String) throws(EvaluationError) {
    for (index, title) in header.enumerated() {
      let word = Self.normal(title)
      if let column = Name.allCases.first(where: { $0.spellings.contains(word) }) {
        guard places.updateValue(index, forKey: column) == nil else {
          throw Self.malformed("\(name): two columns for \(column.rawValue), the second '\(title)'; leave one")
        }
      } else if word.wholeMatch(of: /seed-[0-9]+/) != nil {
        seeds.append(index)
      } else if word.wholeMatch(of: /expert-[0-9]+/) != nil {
        experts.append(index)
      } else {
        unknown.append(title)
      }
    }
    // A table of videos has no other key.
    places[.key] = places[.key] ?? places[.video]
    var lacking = [Name.key, .label].filter { places[$0] == nil }
    if places[.score] == nil, seeds.isEmpty, experts.isEmpty { lacking.append(.score) }
    guard lacking.isEmpty else {
      let wanted = lacking.map { "\($0.rawValue) (\($0.spellings.joined(separator: ", ")))" }
      throw Self.malformed(
        "\(name): no column for \(wanted.joined(separator: ", nor for "))"
          + (unknown.isEmpty ? "" : "; unknown are \(Self.list(unknown))"))
    }
    // A column that was meant to be read must not be passed over.
    let slips = unknown.compactMap { title in
      nearest(title).map { "'\(title)' (did you mean '\($0)'?)" }
    }
    guard slips.isEmpty else {
      throw Self.malformed("\(name): unknown columns \(slips.joined(separator: ", ")); rename or remove them")
    }
  }

  /// The field of a column; `nil` where it is empty or there is no such column.
  func text(_ column: Name, _ record: [String]) -> String? {
    guard let place = places[column], !record[place].isEmpty else { return nil }
    return record[place]
  }

  /// The fields with scores that are there: one, or one for each seed, or those of the experts that were asked.
  func scores(_ record: [String]) -> [String] {
    func present(_ places: [Int]) -> [String] {
      places.map { record[$0] }.filter { !$0.isEmpty && $0.lowercased() != "nan" }
    }
    if !seeds.isEmpty { return present(seeds) }
    let single = present(places[.score].map { [$0] } ?? [])
    return single.isEmpty ? present(experts) : single
  }

  /// What was put in place of columns that are not there, and which were not read.
  func notes(_ name: String) -> [String] {
    var notes: [String] = []
    if places[.video] == nil { notes.append("\(name) has no column video: each row is judged by itself") }
    if places[.group] == nil {
      notes.append("\(name) has no column group: intervals take videos of one person or original for independent")
    }
    if !unknown.isEmpty { notes.append("\(name): not read: \(Self.list(unknown))") }
    if !seeds.isEmpty, places[.score] != nil || !experts.isEmpty {
      notes.append("\(name): the columns seed-N are taken, not the other scores")
    }
    return notes
  }

  /// The spelling that a title of five letters or more slightly misses, of a column that is not there otherwise.
  private func nearest(_ title: String) -> String? {
    let word = Self.normal(title)
    let absent = Name.allCases.filter { places[$0] == nil }
    guard word.count > 4, let near = nearestName(to: word, among: absent.flatMap(\.spellings)),
      near.count > 4, abs(near.count - word.count) <= 1, word.first == near.first
    else { return nil }
    return near
  }

  private static func normal(_ title: String) -> String {
    var word = title.lowercased()
    if word.hasPrefix("\u{feff}") { word.removeFirst() }
    return String(word.trimmingSpaces.map { $0 == "_" || $0 == " " ? "-" : $0 })
  }

  private static func list(_ titles: [String]) -> String { titles.map { "'\($0)'" }.joined(separator: ", ") }

  private static func malformed(_ message: String) -> EvaluationError {
    EvaluationError(code: .malformedTable, message: message)
  }
}

extension String {
  fileprivate var trimmingSpaces: Substring {
    var rest = self[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
