internal import Augmentation
internal import Engine
internal import Imaging
private import Records
internal import Training

/// One picture that is trained on: decoded once, augmented by (seed, key, epoch, view), at the network's size.
struct TrainingPicture {
  private let image: Image
  private let key: String
  private let place: String
  private let side: Int
  private let augmentations: [AugmentationRecipe]
  private let seed: UInt64

  /// - Parameters:
  ///   - place: the shard that it is in, for messages.
  ///   - augmentations: by view, the last for all further ones; none for pictures as they are.
  /// - Throws: ``ToolError`` that names key and place.
  init(
    key: String, place: String, side: Int, augmentations: [AugmentationRecipe], seed: UInt64,
    decoded: () throws -> Image
  ) throws {
    do { image = try decoded() } catch { throw Self.failure(key, place, error) }
    (self.key, self.place, self.side, self.augmentations, self.seed) = (key, place, side, augmentations, seed)
  }

  func pixels(epoch: Int, view: Int) throws -> [UInt8] {
    do {
      return try ModelInput.pixels(
        image, side: side, augmentation: view < augmentations.count ? augmentations[view] : augmentations.last,
        seed: seed, key: key, epoch: epoch, view: view)
    } catch { throw Self.failure(key, place, error) }
  }

  private static func failure(_ key: String, _ place: String, _ error: any Error) -> ToolError {
    ToolError(ToolError.status(of: error), "picture '\(key)' of \(place): \(error)")
  }
}

/// Training data whose pictures are decoded once for all views.
protocol PictureTrainingData: TrainingData {
  func picture(at index: Int) throws -> TrainingPicture
}

extension PictureTrainingData {
  package func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8] {
    try picture(at: index).pixels(epoch: epoch, view: view)
  }

  package func images(at index: Int, epoch: Int, views: Int) throws -> [[UInt8]] {
    let picture = try picture(at: index)
    return try (0..<views).map { try picture.pixels(epoch: epoch, view: $0) }
  }
}
