/// Labelled pictures to train or to validate on.
///
/// Pictures are asked for from several threads at once.
package protocol TrainingData: Sendable {
  /// Number of pictures.
  var count: Int { get }

  /// One picture: RGB `UInt8`, row-major `[S, S, 3]`, of the model's size, augmented where that is wanted.
  ///
  /// A function of its arguments alone: what an augmentation draws, it draws from the picture and the epoch.
  func image(at index: Int, epoch: Int) throws -> [UInt8]

  /// 1 = fake, 0 = real.
  func label(at index: Int) -> Int
}
