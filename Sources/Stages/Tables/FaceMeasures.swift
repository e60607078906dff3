private import Evaluation
internal import Records
internal import Reporting

/// How the measures of faces differ between the classes: what a detector could learn instead of the forgery.
enum FaceMeasures {
  private static let measures: [(name: String, value: @Sendable (Sample) -> Double?)] = [
    ("face, pixels", { $0.quality.facePixels }), ("enlarged by", { $0.quality.upscale }),
    ("sharpness", { $0.quality.sharpness }), ("brightness", { $0.quality.brightness }),
    ("contrast", { $0.quality.contrast }), ("blockiness", { $0.quality.blockiness }),
    ("detector score", { $0.face.score }), ("cut by the border", { $0.quality.cutFraction }),
    ("yaw, degrees", { $0.quality.yawDegrees }), ("pitch, degrees", { $0.quality.pitchDegrees }),
    ("roll, degrees", { $0.quality.rollDegrees }),
  ]

  /// The measures of samples that were found, not made, by class; those that a class has no value of are left out.
  static func table(_ samples: [Sample]) throws -> [ReportModel.FaceMeasure] {
    let found = samples.filter { !$0.isMade && $0.role == .train }
    return try measures.compactMap { measure in
      let values = found.compactMap { sample in measure.value(sample).map { (value: $0, label: sample.label) } }
      guard let real = ReportModel.Spread(values.filter { $0.label == .real }.map(\.value)),
        let fake = ReportModel.Spread(values.filter { $0.label == .fake }.map(\.value)),
        let area = try RankMetrics.areaUnderCurve(scores: values.map(\.value), labels: values.map(\.label))
      else { return nil }
      return ReportModel.FaceMeasure(name: measure.name, real: real, fake: fake, areaUnderCurve: area)
    }
  }
}
