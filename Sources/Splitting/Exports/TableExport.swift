private import Records

/// Tables and lists with pictures beside them, by key.
enum TableExport {
  /// `folds.csv` with everything that is known of a sample, and `images/<key>.<extension>`.
  static func folds(_ samples: [ExportSample], divisions: [String]) throws(SplittingError) -> ExportPlan {
    let isFolds = divisions.contains { $0.hasPrefix("fold-") }
    let columns = isFolds ? divisions.filter { $0.hasPrefix("fold-") } : ["split"]
    var records = [
      [
        "sample", "file", "dataset", "video", "label", "method", "original", "identity", "donor", "source-video",
        "role",
        "group",
      ] + columns
    ]
    for export in samples {
      let sample = export.sample
      let roles =
        isFolds
        ? zip(divisions, export.sides).filter { $0.0.hasPrefix("fold-") }.map { $0.1 ?? "left-out" }
        : [export.side ?? ""]
      records.append(
        [
          sample.key, picture(export), sample.dataset, sample.sourceName, "\(sample.label.rawValue)",
          sample.method ?? "",
          sample.family, sample.identity ?? "", sample.donor ?? "", sample.sourceVideo ?? "", sample.role.rawValue,
          export.group,
        ] + roles)
    }
    return try ExportPlan(
      files: [ExportFile(path: "folds.csv", content: .text(CommaSeparatedLines.text(records)))] + pictures(samples),
      notes: [])
  }

  /// `train.txt`, `val.txt`, `test.txt`: a path and 0 or 1 a line, 1 = fake.
  static func lists(_ samples: [ExportSample]) throws(SplittingError) -> ExportPlan {
    let (placed, notes) = samples.placed(madeToo: true)
    let lists = Dictionary(grouping: placed) { $0.side ?? "" }.map { side, members in
      ExportFile(
        path: "\(side).txt",
        content: .text(members.map { "\(picture($0)) \($0.sample.label.rawValue)\n" }.joined()))
    }
    return try ExportPlan(files: lists + pictures(placed), notes: notes)
  }

  private static func picture(_ export: ExportSample) -> String {
    "images/\(export.sample.key).\(export.fileExtension)"
  }

  private static func pictures(_ samples: [ExportSample]) -> [ExportFile] {
    samples.map { ExportFile(path: picture($0), content: .picture($0.sample.key)) }
  }
}

/// selimsef's tree: `folds.csv` (`video,file,label,original,frame,fold`) and `crops/<video>/<frame>_<actor>.<extension>`.
enum SelimsefExport {
  /// The number of a sample's fold is that of the first fold that validates on it; one split is fold 0 (validation)
  /// and fold 1 (training).
  static func plan(_ samples: [ExportSample], divisions: [String]) throws(SplittingError) -> ExportPlan {
    let names = ShortNames(samples)
    let isFolds = divisions.contains { $0.hasPrefix("fold-") }
    let found = samples.filter { !$0.sample.isMade }
    var frames: [String: Int] = [:]
    for (_, members) in Dictionary(grouping: found, by: \.sample.sourceName) {
      let times = Set(members.map(\.sample.pts)).sorted()
      let places = Dictionary(times.enumerated().map { ($1, $0) }) { first, _ in first }
      for member in members { frames[member.sample.key] = places[member.sample.pts] }
    }
    var records = [["video", "file", "label", "original", "frame", "fold"]]
    var files: [ExportFile] = []
    for export in found {
      let sample = export.sample
      let fold =
        isFolds
        ? divisions.indices.first { divisions[$0].hasPrefix("fold-") && export.sides[$0] == "validation" }
        : ["val": 0, "train": 1][export.side ?? ""]
      guard let fold else { continue }
      let video = names.name(of: sample)
      let frame = frames[sample.key] ?? 0
      let file = "\(frame)_\(sample.track).\(export.fileExtension)"
      records.append(
        [video, file, "\(sample.label.rawValue)", names.name(ofVideo: sample.family), "\(frame)", "\(fold)"])
      files.append(ExportFile(path: "crops/\(video)/\(file)", content: .picture(sample.key)))
    }
    let left = samples.count - files.count
    return try ExportPlan(
      files: files + [ExportFile(path: "folds.csv", content: .text(CommaSeparatedLines.text(records)))],
      notes: left > 0
        ? ["\(left) samples are left out: no fold validates on them, they are held out, or dfprep made them"] : [])
  }
}

/// Rows of fields, with quotes where one needs them (RFC 4180).
enum CommaSeparatedLines {
  static func text(_ records: [[String]]) -> String {
    records.map { record in
      record.map { field in
        field.contains { [",", "\"", "\n", "\r"].contains($0) }
          ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
      }.joined(separator: ",") + "\n"
    }.joined()
  }
}
