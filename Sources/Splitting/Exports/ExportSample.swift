package import Records

/// One sample as the layouts of other tools see it.
package struct ExportSample: Hashable, Sendable {
  package var sample: Sample
  /// What no split tears apart.
  package var group: String
  /// `train`, `val` or `test` of the one split that most layouts hold; `nil` for none.
  package var side: String?
  /// The name of its side in each division, see ``SplitTable``.
  package var sides: [String?]

  package init(sample: Sample, group: String, side: String?, sides: [String?]) {
    self.sample = sample
    self.group = group
    self.side = side
    self.sides = sides
  }

  var fileExtension: String { sample.encoding.fileExtension }
  /// Path of the original below the dataset's root; its own for originals.
  var originalPath: String {
    sample.family.hasPrefix("\(sample.dataset)/")
      ? String(sample.family.dropFirst(sample.dataset.count + 1)) : sample.family
  }
  /// Folder of the video, without a last part `videos`.
  var folder: [String] {
    var parts = sample.path.split(separator: "/").dropLast().map(String.init)
    if parts.last == "videos" { parts.removeLast() }
    return parts
  }
}

/// One file of an export.
package struct ExportFile: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    /// The compressed picture of this key, as it is.
    case picture(String)
    case text(String)
    /// An empty folder that the other tool looks into.
    case folder
  }

  /// Below the export's folder.
  package var path: String
  package var content: Content
}

/// What an export will write.
package struct ExportPlan: Hashable, Sendable {
  /// By path.
  package var files: [ExportFile]
  /// What the layout has no place for, and what the other tool must be told.
  package var notes: [String]

  init(files: [ExportFile], notes: [String]) throws(SplittingError) {
    self.files = files.sorted { $0.path < $1.path }
    self.notes = notes
    if let twin = zip(self.files, self.files.dropFirst()).first(where: { $0.path == $1.path }) {
      throw SplittingError(code: .duplicateKey, message: "two samples would be \(twin.0.path)")
    }
  }
}

/// The layouts that a run can be written in.
package enum ExportFormat: String, CaseIterable, Sendable {
  case folds, lists, deepfakebench, faceforensics, selimsef
  case supconMPL = "supcon-mpl"

  /// The files of an export.
  ///
  /// - Parameters:
  ///   - samples: in any order.
  ///   - divisions: names of ``ExportSample/sides``.
  package func plan(_ samples: [ExportSample], divisions: [String]) throws(SplittingError) -> ExportPlan {
    let samples = samples.sorted { $0.sample.key < $1.sample.key }
    switch self {
    case .folds: return try TableExport.folds(samples, divisions: divisions)
    case .lists: return try TableExport.lists(samples)
    case .selimsef: return try SelimsefExport.plan(samples, divisions: divisions)
    case .deepfakebench: return try DeepfakeBenchExport.plan(samples)
    case .faceforensics: return try FaceForensicsExport.plan(samples)
    case .supconMPL: return try SupConMPLExport.plan(samples)
    }
  }
}

/// Short names of videos that stay apart where a layout puts them together.
struct ShortNames {
  private let names: [String: String]

  /// The stem of each video where no other of its `place` has it, else its path with underlines.
  init(_ samples: [ExportSample], in place: (Sample) -> String = { _ in "" }) {
    var videos: [String: Set<String>] = [:]
    for export in samples {
      let sample = export.sample
      videos["\(place(sample))/\(VideoName.stem(sample.path))", default: []].insert(sample.sourceName)
    }
    var names: [String: String] = [:]
    for group in videos.values {
      for video in group {
        names[video] =
          group.count == 1
          ? VideoName.stem(video) : video.replacing("/", with: "_").replacing(".", with: "_")
      }
    }
    self.names = names
  }

  func name(of sample: Sample) -> String { names[sample.sourceName] ?? VideoName.stem(sample.path) }
  /// The short name of another video, as its own samples have it where there are some.
  func name(ofVideo name: String) -> String { names[name] ?? VideoName.stem(name) }
}

extension [ExportSample] {
  /// Found samples on a side, and what is to be said of the others.
  func placed(madeToo: Bool = false) -> (samples: [ExportSample], notes: [String]) {
    let placed = filter { $0.side != nil && (madeToo || !$0.sample.isMade) }
    let made = count { $0.side != nil && $0.sample.isMade }
    let aside = count { $0.side == nil }
    return (
      placed,
      (made > 0 && !madeToo ? ["\(made) samples that dfprep made are left out: the layout has no place for them"] : [])
        + (aside > 0 ? ["\(aside) samples are on no side of the split, and are left out"] : [])
    )
  }

  /// The place of each sample among those of its video, in order of keys.
  func ordinals() -> [String: Int] {
    var counts: [String: Int] = [:]
    var ordinals: [String: Int] = [:]
    for sample in self {
      let count = counts[sample.sample.sourceName, default: 0]
      ordinals[sample.sample.key] = count
      counts[sample.sample.sourceName] = count + 1
    }
    return ordinals
  }
}

/// A number with at least three digits.
func threeDigits(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: Swift.max(0, 3 - digits.count)) + digits
}
