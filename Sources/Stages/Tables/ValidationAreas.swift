internal import Evaluation
private import Foundation
internal import Models
internal import Training

/// How well a trained model tells its validation pictures apart.
enum ValidationAreas {
  /// Pictures in memory at a time.
  private static let chunk = 64

  /// Areas under the ROC curve of clips, of still pictures and of frames, each with an interval over groups where there are
  /// enough of them.
  ///
  /// - Parameters:
  ///   - about: what is known of a picture beside its score; `nil` for one that does not count.
  ///   - seed: of the interval's draws.
  static func of(
    _ model: DetectorModel, on data: some TrainingData, seed: UInt64, about: (Int) -> Judgement?
  ) throws -> [Level: Evaluation.Estimate] {
    let judgements = (0..<data.count).compactMap { index in about(index).map { (index, $0) } }
    var scored: [Judgement] = []
    for start in stride(from: 0, to: judgements.count, by: chunk) {
      let part = judgements[start..<min(start + chunk, judgements.count)]
      let images = try part.map { try data.image(at: $0.0, epoch: 0, view: 0) }
      for ((_, judgement), score) in zip(part, try model.probabilitiesOfFake(images: images)) {
        var judgement = judgement
        (judgement.scores, judgement.missing) = ([score], nil)
        scored.append(judgement)
      }
    }
    guard !scored.isEmpty else { return [:] }
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let assessment = try Assessment(
      name: "validation", scored, options: AssessmentOptions(bootstrap: BootstrapOptions(seed: seed, threads: threads)))
    return assessment.levels.compactMapValues { $0.pooled[.areaUnderCurve] }
  }
}
