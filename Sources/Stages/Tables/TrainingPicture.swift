internal import Augmentation
internal import Engine
private import Imaging
private import Records

/// One picture that is trained on: decoded once, augmented by (seed, key, epoch, view), at the network's size.
struct TrainingPicture {
  private let image: Image
  private let key: String
  private let place: String
  private let side: Int
  private let augmentation: AugmentationRecipe?
  private let seed: UInt64

  /// - Parameters:
  ///   - place: the shard that it is in, for messages.
  ///   - augmentation: `nil` for pictures as they are.
  /// - Throws: ``ToolError`` that names key and place.
  init(
    key: String, place: String, side: Int, augmentation: AugmentationRecipe?, seed: UInt64,
    compressed: () throws -> [UInt8]
  ) throws {
    do { image = try ImageCodec.decode(compressed()) } catch { throw Self.failure(key, place, error) }
    (self.key, self.place, self.side, self.augmentation, self.seed) = (key, place, side, augmentation, seed)
  }

  func pixels(epoch: Int, view: Int) throws -> [UInt8] {
    do {
      return try ModelInput.pixels(
        image, side: side, augmentation: augmentation, seed: seed, key: key, epoch: epoch, view: view)
    } catch { throw Self.failure(key, place, error) }
  }

  private static func failure(_ key: String, _ place: String, _ error: any Error) -> ToolError {
    ToolError(ToolError.status(of: error), "picture '\(key)' of \(place): \(error)")
  }
}
