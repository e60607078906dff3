private import CPixelKernels

extension Image {
  /// A picture out of planes of red, green and blue.
  ///
  /// - Parameters:
  ///   - stride: bytes from one row of a plane to the next.
  ///   - red: `height` rows of `width` bytes; so `green` and `blue`.
  package init(
    width: Int, height: Int, red: UnsafePointer<UInt8>, green: UnsafePointer<UInt8>, blue: UnsafePointer<UInt8>,
    stride: Int
  ) {
    let count = width * height * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, initialised in
      if let target = target.baseAddress { dfpx_join(red, green, blue, stride, width, height, target) }
      initialised = count
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// A picture whose pixels `fill` writes, all of them, with so many numbers to work in.
  ///
  /// - Requires: at least one pixel.
  init(
    width: Int, height: Int, scratchCount: Int,
    fill: (_ scratch: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<UInt8>) -> Void
  ) {
    let count = width * height * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, initialised in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: scratchCount) { scratch in
        guard let target = target.baseAddress, let scratch = scratch.baseAddress else { return }
        fill(scratch, target)
      }
      initialised = count
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// Planes of blue, green and red, `[3, height, width]`, with black at the right and at the bottom.
  ///
  /// - Requires: sides at least the picture's.
  package func bluePlanesFirst(width: Int, height: Int) -> [UInt8] {
    precondition(width >= self.width && height >= self.height, "\(self.width) x \(self.height) in \(width) x \(height)")
    var planes = [UInt8](repeating: 0, count: 3 * width * height)
    planes.withUnsafeMutableBufferPointer { planes in
      guard let blue = planes.baseAddress else { return }
      let green = blue + width * height
      dfpx_split(pixels, self.width, self.height, green + width * height, green, blue, width)
    }
    return planes
  }
}
