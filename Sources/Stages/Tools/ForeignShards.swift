private import Datasets
private import Decoding
internal import Engine
internal import Evaluation
internal import Foundation
internal import Records

/// Anybody's WebDataset shards: each picture goes through the crop recipe of the model that is asked.
struct ForeignShards {
  /// How the shards are read.
  struct Options: Sendable {
    /// `cls`, or `json:` and a key.
    var label = "cls"
    /// What the digit 1 means.
    var one = Label.fake
    /// Whether pictures are whole frames, in which a face is to be found.
    var areFrames = false
    /// Whether they are for validation, as against held out.
    var isValidation = false
  }

  let predictions: [Prediction]
  let notes: [String]

  /// - Throws: ``ToolError`` with status 64 where nothing in the shards has a picture and a label.
  init(_ files: [URL], by mixture: Mixture, modelsFolder: URL, options: Options) throws {
    var predictions: [Prediction] = []
    var notes: [String] = []
    var replays: [(replay: RecipeReplay, models: [Int])] = []
    let recipes = try mixture.indices.map { try mixture.recipe(of: $0) }
    for recipe in Set(recipes) {
      let models = recipes.indices.filter { recipes[$0] == recipe }
      replays.append((try RecipeReplay(recipe, of: mixture.paths[models[0]], modelsFolder: modelsFolder), models))
    }
    replays.sort { $0.models[0] < $1.models[0] }
    for (folder, files) in Dictionary(grouping: files, by: { $0.deletingLastPathComponent() })
      .sorted(by: { $0.key.path() < $1.key.path() })
    {
      let root = folder.absoluteURL.standardizedFileURL
      let scan = try DatasetReaders.scan(
        DatasetDeclaration(
          name: root.lastPathComponent, layout: WebDatasetReader.layout, root: root.path(percentEncoded: false),
          input: options.areFrames ? .frame : .face, options: LayoutOptions(label: options.label, one: options.one)))
      let names = Set(files.map(\.lastPathComponent))
      notes += scan.problems.filter { names.contains(String($0.path.prefix { $0 != "/" })) }
        .map { "\(scan.dataset)/\($0.path): \($0.message)" }
      for source in scan.sources where names.contains(source.filePath) {
        var prediction = try Self.judge(source, below: root, by: mixture, replays)
        prediction.role = options.isValidation ? .train : .test
        predictions.append(prediction)
      }
    }
    guard !predictions.isEmpty else {
      throw ToolError(
        .usage,
        "no sample of these shards has a picture and a label in \(options.label); `--label json:KEY` names another place\n"
          + notes.prefix(5).joined(separator: "\n"))
    }
    let alone = predictions.count { $0.group == $0.key }
    if alone > 0 {
      notes.append(
        "\(alone) pictures of these shards name neither original nor sourceVideo: each is judged by itself, and intervals take them for independent"
      )
    }
    self.predictions = predictions
    self.notes = notes
  }

  private static func judge(
    _ source: Source, below root: URL, by mixture: Mixture, _ replays: [(replay: RecipeReplay, models: [Int])]
  ) throws -> Prediction {
    var scores = [Double?](repeating: nil, count: mixture.models.count)
    var missing: String?
    for (replay, models) in replays {
      do {
        let video = try replay.open(
          path: root.appending(path: source.filePath).path(percentEncoded: false),
          part: source.member.map { $0.offset..<$0.offset + $0.length })
        let times = FrameSelection.uniform(count: 1).times(of: try video.timeline())
        let crops = try replay.crops(of: video, source, at: times).crops
        if crops.isEmpty { missing = "no-face" }
        let found = try mixture.probabilities(count: crops.count, asked: models) { crops[$0] }
        for model in models where !found.isEmpty {
          scores[model] = found.compactMap { $0[model] }.reduce(0, +) / Double(found.count)
        }
      } catch let error as DecodingError { missing = error.code.rawValue }
    }
    let video = source.sourceVideo.map { "\(source.dataset)/\($0)" } ?? source.name
    var prediction = Prediction(
      missing: source, group: source.original.map { "\(source.dataset)/\($0)" } ?? video, fold: nil,
      reason: missing ?? "no-face")
    prediction.video = video
    guard missing == nil else { return prediction }
    prediction.missing = nil
    prediction.scores = scores
    prediction.mixture = scores.compactMap(\.self).reduce(0, +) / Double(scores.count)
    return prediction
  }
}
