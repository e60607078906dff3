private import Decoding
package import Engine
private import Evaluation
private import Foundation
private import Records

/// Scores pictures and videos with one trained model or the mean of several, replaying the crop recipe that each model
/// carries: detection, crop, compression and resizing by the code that made its training data.
package final class Inference {
  /// What may be asked for.
  package struct Options: Sendable {
    /// Frames looked at of each video.
    package var frames = 32
    package var views = TestTimeViews()
    /// `auto`, `cpu` or `cuda`.
    package var device = "cpu"

    package init(frames: Int = 32, views: TestTimeViews = TestTimeViews(), device: String = "cpu") {
      (self.frames, self.views, self.device) = (frames, views, device)
    }
  }

  /// One file's score.
  package struct Result: Codable, Sendable {
    package var path: String
    /// Mean over models and faces of the probability of class 1, fake.
    package var probability: Double
    /// Frames with a face, of those looked at.
    package var frames: Int
    package var framesLookedAt: Int
    /// Mean over faces of each model, in the order they were named; absent where there is one.
    package var models: [Double]?

    /// The line that `infer` prints.
    package var line: String { "Prediction of [\(path)] being Deepfake: \(String(format: "%.9f", probability))" }
  }

  /// What came of a file.
  package enum Outcome: Sendable {
    case scored(Result)
    case failed(path: String, message: String)
  }

  /// Crops that a file is made of, by the recipes of the models.
  private struct Pending {
    var path: String
    /// In the order of ``recipes``.
    var crops: [[[UInt8]]] = []
    var frames = 0
    var framesLookedAt = 0
    var failure: String?
  }

  /// Crops that are gathered before they are scored together.
  private static let gathered = 64

  private let mixture: Mixture
  private let recipes: [(replay: RecipeReplay, models: [Int])]
  private let options: Options

  /// - Parameter models: files that `train` wrote; several are a mixture.
  /// - Throws: ``ToolError`` with status 69 when a model, or a detector's weights, are not there.
  package init(models paths: [String], settings: MachineSettings, options: Options) throws {
    guard options.frames > 0 else { throw ToolError(.usage, "--frames is at least 1") }
    let mixture = try Mixture(paths, views: options.views, device: options.device)
    let all = try mixture.indices.map { try mixture.recipe(of: $0) }
    recipes = try mixture.indices.filter { model in !all[..<model].contains(all[model]) }.map { first in
      let replay = try RecipeReplay(
        all[first], of: paths[first], modelsFolder: settings.modelsFolder(beside: nil))
      return (replay, mixture.indices.filter { all[$0] == all[first] })
    }
    self.mixture = mixture
    self.options = options
  }

  /// Key of the crop recipe in a model's metadata.
  static let recipeKey = "crop-recipe"

  /// Scores files, crops of several of them together; tells of each in their order.
  ///
  /// What a file's score is does not depend on the others.
  package func score(_ paths: [String], each: (Outcome) throws -> Void) throws {
    var pending: [Pending] = []
    var count = 0
    for path in paths {
      let file = look(at: path)
      count += file.crops.reduce(0) { $0 + $1.count }
      pending.append(file)
      if count >= Self.gathered || file.failure != nil && count == 0 {
        try finish(pending, each)
        (pending, count) = ([], 0)
      }
    }
    try finish(pending, each)
  }

  /// The file's crops, or why there are none.
  private func look(at path: String) -> Pending {
    var file = Pending(path: path)
    do {
      for (replay, _) in recipes {
        let video = try replay.open(path: path)
        let wanted = FrameSelection.uniform(count: options.frames).times(of: try video.timeline())
        let (crops, framesWithFace) = try replay.crops(of: video, replay.source(path), at: wanted)
        guard !crops.isEmpty else { throw ToolError(.failed, "no face found in \(wanted.count) frames") }
        file.crops.append(crops)
        if file.crops.count == 1 { (file.frames, file.framesLookedAt) = (framesWithFace, wanted.count) }
      }
    } catch {
      file.crops = []
      let message = "\(error)".replacing("\n", with: " ")
      file.failure = message.hasPrefix("\(path): ") ? String(message.dropFirst(path.count + 2)) : message
    }
    return file
  }

  private func finish(_ files: [Pending], _ each: (Outcome) throws -> Void) throws {
    var scores = files.map { _ in [Double?](repeating: nil, count: mixture.models.count) }
    for (recipe, (_, models)) in recipes.enumerated() {
      let crops = files.flatMap { $0.crops.isEmpty ? [] : $0.crops[recipe] }
      let found = try mixture.probabilities(count: crops.count, asked: models) { crops[$0] }
      var start = 0
      for (index, file) in files.enumerated() where !file.crops.isEmpty {
        let end = start + file.crops[recipe].count
        for model in models {
          scores[index][model] = found[start..<end].compactMap { $0[model] }.reduce(0, +) / Double(end - start)
        }
        start = end
      }
    }
    for (file, scores) in zip(files, scores) {
      if let failure = file.failure {
        try each(.failed(path: file.path, message: failure))
        continue
      }
      let models = scores.compactMap(\.self)
      try each(
        .scored(
          Result(
            path: file.path, probability: models.reduce(0, +) / Double(models.count), frames: file.frames,
            framesLookedAt: file.framesLookedAt, models: models.count > 1 ? models : nil)))
    }
  }

  /// What `infer` ends with when some paths had no score.
  package static func failure(_ failures: Int, of count: Int) -> ToolError {
    ToolError(.failed, "\(failures) of \(count) files have no score")
  }

  /// The header of the table that `infer --csv` prints.
  package static let columns = CommaSeparatedValues.text([
    ["path", "probability", "frames", "frames_looked_at", "error"]
  ])
}

extension Inference.Outcome: Encodable {
  private enum CodingKeys: CodingKey { case path, error }

  /// A JSON object: the result, or path and error.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .scored(let result): try result.encode(to: encoder)
    case .failed(let path, let message):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(path, forKey: .path)
      try container.encode(message, forKey: .error)
    }
  }

  /// A record of the table that `infer --csv` prints.
  package var record: String {
    switch self {
    case .scored(let result):
      CommaSeparatedValues.text([
        [
          result.path, String(format: "%.9f", result.probability), "\(result.frames)", "\(result.framesLookedAt)", "",
        ]
      ])
    case .failed(let path, let message): CommaSeparatedValues.text([[path, "", "", "", message]])
    }
  }
}
