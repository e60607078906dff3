package import Tensors

/// What turns RGB bytes into a network's input.
///
/// Written into every model, and replayed by whoever uses it.
package struct Preprocessing: Codable, Hashable, Sendable {
  /// Side of the square pictures, pixels.
  package var sizePixels: Int
  /// Subtracted from values of 0 to 1, per channel R, G, B.
  package var mean: [Double]
  /// Then divided by, per channel R, G, B.
  package var standardDeviation: [Double]

  package init(sizePixels: Int, mean: [Double], standardDeviation: [Double]) {
    self.sizePixels = sizePixels
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// What torchvision's and most of timm's ImageNet weights were trained with.
  package static func imageNet(sizePixels: Int) -> Preprocessing {
    Preprocessing(sizePixels: sizePixels, mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])
  }

  /// Values from -1 to 1, or from 0 to 1.
  package static func plain(sizePixels: Int, aroundZero: Bool) -> Preprocessing {
    Preprocessing(
      sizePixels: sizePixels, mean: [Double](repeating: aroundZero ? 0.5 : 0, count: 3),
      standardDeviation: [Double](repeating: aroundZero ? 0.5 : 1, count: 3))
  }

  /// Turns pictures, each RGB `UInt8` row-major `[S, S, 3]`, into float32 `[N, 3, S, S]`, channels innermost.
  ///
  /// - Throws: `unsuitable-pictures` when a picture has other than S S 3 bytes, or a constant is unusable.
  package func normalise(images: [[UInt8]]) throws -> Tensor {
    let byteCount = sizePixels * sizePixels * 3
    if let wrong = images.firstIndex(where: { $0.count != byteCount }) {
      throw ModelError(
        .unsuitablePictures,
        "picture \(wrong) has \(images[wrong].count) bytes; \(sizePixels) x \(sizePixels) RGB has \(byteCount)")
    }
    return try normalise(pixels: images.flatMap(\.self), count: images.count)
  }

  /// Turns one contiguous buffer of RGB `UInt8` `[N, S, S, 3]` into float32 `[N, 3, S, S]`, channels innermost.
  ///
  /// - Throws: `unsuitable-pictures` when there are other than N S S 3 bytes, or a constant is unusable.
  package func normalise(pixels: [UInt8], count: Int) throws -> Tensor {
    guard pixels.count == count * sizePixels * sizePixels * 3 else {
      throw ModelError(
        .unsuitablePictures, "\(pixels.count) bytes are not \(count) pictures of \(sizePixels) x \(sizePixels) RGB")
    }
    guard mean.count == 3, standardDeviation.count == 3, standardDeviation.allSatisfy({ $0 > 0 }) else {
      throw ModelError(.unsuitablePictures, "mean \(mean) and deviation \(standardDeviation) are not of three channels")
    }
    let pixels = try Tensor.of(pixels, shape: [count, sizePixels, sizePixels, 3])
    let offset = try Tensor.of(mean.map { Float($0 * 255) }, shape: [1, 3, 1, 1])
    let scale = try Tensor.of(standardDeviation.map { Float($0 * 255) }, shape: [1, 3, 1, 1])
    return try (pixels.permuted([0, 3, 1, 2]).converted(to: .float32) - offset) / scale
  }
}
