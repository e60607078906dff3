/// Labelled pictures to train or to validate on.
///
/// Pictures are asked for from several threads at once.
package protocol TrainingData: Sendable {
  /// Number of pictures.
  var count: Int { get }

  /// 1 = fake, 0 = real.
  func label(at index: Int) -> Int

  /// The dataset's name: what a balance over datasets goes by.
  func stratum(at index: Int) -> String

  /// One picture: RGB `UInt8`, row-major `[S, S, 3]`, of the model's size, augmented where that is wanted.
  ///
  /// A function of its arguments alone: what an augmentation draws, it draws from the picture, the epoch and the view.
  ///
  /// - Parameter view: another view is another draw of the augmentation.
  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8]
}
