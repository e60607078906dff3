package import Records

/// One row of a split: a sample, or a video with all its frames.
package struct SplitRow: Hashable, Sendable {
  package var item: LinkedItem
  /// `nil` where the list does not say.
  package var label: Label?
  package var method: String?
  /// Frames or crops that the row stands for, at least 1.
  package var frames: Int
  /// A picture or video of it, where the list names a file: its path as it stands there.
  package var file: String?
  /// Name of the side it is on in each division of the table; `nil` for none.
  package var sides: [String?]

  package init(
    item: LinkedItem, label: Label?, method: String?, frames: Int = 1, file: String? = nil, sides: [String?]
  ) {
    self.item = item
    self.file = file
    self.label = label
    self.method = method
    self.frames = frames
    self.sides = sides
  }
}

/// Anybody's split, as far as its files tell.
package struct SplitTable: Sendable {
  /// What kind of file it was read from, for people.
  package var format: String
  /// Ways in which the rows are divided: one for most lists, one per fold for folds of clusters.
  package var divisions: [String]
  package var rows: [SplitRow]
  /// Pairs of sequences that the list names, each with its side: FaceForensics++ alone.
  package var pairs: [Pair] = []
  /// Links that the rows themselves do not tell, by key.
  package var extraLinks: [ExtraLink] = []
  /// What speaks for links that something found, by ``evidenceKey(_:_:_:)``.
  package var evidence: [String: LinkEvidence] = [:]
  /// What the reader of the list has to say.
  package var notes: [String] = []
  /// Mistakes in the list itself, by code.
  package var findings: [SplitFinding] = []

  package struct Pair: Hashable, Sendable {
    package var first: String
    package var second: String
    package var side: String
  }

  /// The key of the link between two samples, whichever comes first.
  package static func evidenceKey(_ kind: LinkKind, _ first: String, _ second: String) -> String {
    "\(kind.rawValue) \(min(first, second)) \(max(first, second))"
  }

  package init(format: String, divisions: [String], rows: [SplitRow]) {
    self.format = format
    self.divisions = divisions
    self.rows = rows
  }

  /// Tells of every row of FaceForensics++ which YouTube video it was cut from.
  ///
  /// - Parameter conversion: `conversion_dict.json`: `"<YouTube id> <number of the clip>"` by sequence.
  package mutating func add(sourceVideos conversion: [String: String]) {
    let videos = conversion.mapValues { $0.split(separator: " ").first.map(String.init) ?? $0 }
    var known = Set<String>()
    for index in rows.indices where rows[index].item.sourceVideo == nil {
      guard let sequence = rows[index].item.identity?.split(separator: "/").last.map(String.init),
        let video = videos[sequence]
      else { continue }
      rows[index].item.sourceVideo = "YouTube \(video)"
      known.insert(sequence)
    }
    guard !known.isEmpty else {
      notes.append("conversion_dict.json names none of the sequences of this split")
      return
    }
    let clips = Dictionary(grouping: known) { videos[$0] ?? "" }
    notes.append(
      "conversion_dict.json: \(known.count) sequences of this split come from \(clips.count) YouTube videos; "
        + "\(clips.values.count { $0.count > 1 }) videos gave more than one")
  }
}

/// Something wrong with a split that is no link between its sides.
package struct SplitFinding: Codable, Hashable, Sendable {
  package enum Code: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    /// Two sides hold the very same videos, as where validation is the test.
    case equalSides = "equal-sides"
    /// A side has only reals, or only fakes.
    case oneClass = "one-class"
    /// A fake without its original, or a pair that is none.
    case unpaired
    /// One video with two labels.
    case twoLabels = "two-labels"
  }

  package var code: Code
  package var message: String
  /// The first few names.
  package var examples: [String]

  package init(code: Code, message: String, examples: [String] = []) {
    self.code = code
    self.message = message
    self.examples = examples
  }
}
