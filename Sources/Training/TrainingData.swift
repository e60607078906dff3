/// Pictures to train or to validate on.
///
/// Pictures are asked for from several threads at once.
package protocol TrainingData: Sendable {
  /// Number of pictures.
  var count: Int { get }

  /// 1 = fake, 0 = real; anything where nobody asks, as of an unlabelled stream.
  func label(at index: Int) -> Int

  /// The dataset that a picture is of: what `balance: dataset-x-label` and quotas go by.
  func stratum(at index: Int) -> String

  /// One picture: RGB `UInt8`, row-major `[S, S, 3]`, of the model's size, augmented where that is wanted.
  ///
  /// A function of its arguments alone: what an augmentation draws, it draws from the picture, the epoch and the view.
  ///
  /// - Parameters:
  ///   - epoch: how often the order has drawn this picture before; without balance that is the epoch.
  ///   - view: another view is another draw of the augmentation.
  func image(at index: Int, epoch: Int, view: Int) throws -> [UInt8]

  /// Views `0 ..< views` of one picture, which need decode it only once.
  func images(at index: Int, epoch: Int, views: Int) throws -> [[UInt8]]
}

extension TrainingData {
  package func stratum(at index: Int) -> String { "" }

  package func images(at index: Int, epoch: Int, views: Int) throws -> [[UInt8]] {
    try (0..<views).map { try image(at: index, epoch: epoch, view: $0) }
  }
}

/// The pictures of one step.
package struct TrainingBatch: Sendable {
  /// Of the run, from 0.
  package var step: Int
  /// From 0.
  package var epoch: Int
  package var indices: [Int]
  /// In the order of `indices`.
  package var labels: [Int]
  /// Of each view, the pictures in the order of `indices`: contiguous RGB `UInt8`, `[N, S, S, 3]`.
  package var views: [[UInt8]]
}
