internal import Evaluation
internal import Foundation
private import Records

/// `evaluation.json`: what the predictions amount to.
struct EvaluationResult: Codable {
  /// One judge on the samples it was asked about.
  struct Row: Codable {
    var name: String
    var frames: Int
    var videos: Int
    /// `nil` where only one class is there.
    var frameAUC: Double?
    var videoAUC: Double?
    /// By video or picture.
    var curves: Curves

    /// - Parameter samples: those that have a score.
    init(name: String, _ samples: [Judgement]) throws {
      let items = try Level.videos.items(samples) + Level.images.items(samples)
      func scores(_ judgements: [Judgement]) -> [Double] { judgements.flatMap(\.scores) }
      self.name = name
      frames = samples.count
      videos = items.count
      let labels = samples.map(\.label)
      frameAUC = try RankMetrics.areaUnderCurve(scores: scores(samples), labels: labels)
      videoAUC = try RankMetrics.areaUnderCurve(scores: scores(items), labels: items.map(\.label))
      curves = try Curves(items)
    }

    var line: String {
      func text(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "undefined (one class)" }
      return "\(name): frame AUC \(text(frameAUC)) over \(frames), video AUC \(text(videoAUC)) over \(videos)"
    }
  }

  var rows: [Row]
  /// Out-of-fold scores, and the mixture's on held-out sources, as far as there are such.
  var sets: [Assessment]

  /// Out-of-fold scores apart from the mixture's on held-out samples; what dfprep made is in no measure: it is easy for
  /// who trained on its like.
  ///
  /// - Parameter outOfFold: notes on out-of-fold scores.
  static func sets(
    _ predictions: [Prediction], outOfFold: [String] = [], options: AssessmentOptions
  ) throws -> [Assessment] {
    let found = predictions.filter { !$0.isMade }
    let hasFolds = found.contains { $0.fold != nil }
    func isOutOfFold(_ prediction: Prediction) -> Bool {
      hasFolds && prediction.role == .train && (prediction.fold != nil || prediction.missing != nil)
    }
    let (inside, others) = (found.filter(isOutOfFold), found.filter { !isOutOfFold($0) })
    let roles = Set(others.map(\.role.rawValue)).sorted()
    let name = roles == [Role.test.rawValue] ? "held-out sources" : "sources of role \(roles.joined(separator: ", "))"
    return try [("experts out of fold", inside, outOfFold), (name, others, [])]
      .filter { !$0.1.isEmpty }
      .map { try Assessment(name: $0.0, $0.1.map(\.judgement), notes: $0.2, options: options) }
  }
}
