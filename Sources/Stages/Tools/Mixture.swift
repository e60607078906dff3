internal import Engine
internal import Foundation
internal import Models
internal import Records
private import Tensors

/// Detectors that are asked about the same crops, each at its own size: the one way from a crop to a score.
final class Mixture {
  /// Crops held uncompressed at a time.
  private static let chunk = 64

  /// How each crop is looked at.
  private let views: TestTimeViews

  let models: [DetectorModel]
  /// As it was written by whoever named the file.
  let paths: [String]

  /// - Throws: ``ToolError`` with status 69 when a file is not there, or is no detector of dfprep.
  ///
  /// - Parameter device: `auto`, `cpu` or `cuda`.
  init(_ paths: [String], views: TestTimeViews = TestTimeViews(), device: String = "cpu") throws {
    guard let choice = Device.Choice(rawValue: device) else {
      throw ToolError(
        .usage,
        "there is no device '\(device)'; there are \(Device.Choice.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    let device = try Device(choice)
    self.paths = paths
    self.views = views
    models = try paths.map { path in
      guard FileManager.default.fileExists(atPath: path) else {
        throw ToolError(
          .missing, "there is no model \(path); `dfprep run` writes one per fold into models/experts of its folder")
      }
      do {
        let model = try DetectorModel.load(URL(filePath: path))
        try model.network.move(to: device)
        return model
      } catch {
        throw ToolError(ToolError.status(of: error), "\(path): \(error)")
      }
    }
  }

  var indices: Range<Int> { models.indices }

  /// Probability of fake of each crop by each model; `nil` by one that is not asked.
  ///
  /// The same to the bit whatever other crops and models are asked.
  ///
  /// - Parameter crop: the compressed picture of an index below `count`.
  func probabilities(count: Int, asked: [Int], crop: (Int) throws -> [UInt8]) throws -> [[Double?]] {
    var scores = [[Double?]](repeating: Array(repeating: nil, count: models.count), count: count)
    let sides = Set(asked.map { models[$0].preprocessing.sizePixels }).sorted()
    let chunk = max(1, Self.chunk / views.count)
    for start in stride(from: 0, to: count, by: chunk) {
      let range = start..<min(start + chunk, count)
      let crops = try range.map(crop)
      for side in sides {
        let images = try crops.flatMap { views.of(try ModelInput.pixels($0, side: side), side: side) }
        for model in asked where models[model].preprocessing.sizePixels == side {
          let found = try models[model].probabilitiesOfFake(images: images)
          for (place, index) in range.enumerated() {
            let ofCrop = found[place * views.count..<(place + 1) * views.count]
            scores[index][model] = ofCrop.reduce(0, +) / Double(views.count)
          }
        }
      }
    }
    return scores
  }

  /// How frames became the crops that a model was trained on.
  ///
  /// - Throws: ``ToolError`` with status 78 when the model does not say.
  func recipe(of model: Int) throws -> CropRecipe {
    guard let text = models[model].metadata[Inference.recipeKey] else {
      throw ToolError(
        .badConfiguration, "\(paths[model]) carries no crop recipe: what it was trained on cannot be repeated")
    }
    return try CanonicalJSON.decode(CropRecipe.self, from: Data(text.utf8))
  }
}
