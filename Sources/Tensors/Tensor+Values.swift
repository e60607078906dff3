internal import CTorch

extension Tensor {
  /// A tensor with these values, row-major.
  ///
  /// - Throws: `unsuitable-bytes` unless there are as many values as `shape` has elements.
  package static func of<Element: TensorElement>(_ values: [Element], shape: [Int]) throws(TensorError) -> Tensor {
    try values.withUnsafeBytes { bytes in
      Result { () throws(TensorError) in try of(bytes: bytes, type: Element.elementType, shape: shape) }
    }.get()
  }

  /// A tensor with these bytes: row-major, little-endian.
  ///
  /// - Throws: `unsuitable-bytes` unless there are as many bytes as `shape` needs.
  package static func of(
    bytes: UnsafeRawBufferPointer, type: ElementType, shape: [Int]
  ) throws(TensorError) -> Tensor {
    guard let needed = byteCount(of: shape, type: type), needed == bytes.count else {
      throw TensorError(.unsuitableBytes, "\(bytes.count) bytes cannot be a tensor \(type)\(shape)")
    }
    return try make("create \(type)\(shape)") { functions, out, error in
      functions.tensor_create(
        bytes.baseAddress, Int64(bytes.count), type.rawValue, shape.map(Int64.init), Int32(shape.count), &out, &error)
    }
  }

  /// `(pixel - mean) / deviation` of RGB bytes `[count, height, width, 3]`, per channel: float32
  /// `[count, 3, height, width]` with the channels innermost.
  ///
  /// - Throws: `unsuitable-bytes` for another number of bytes, or other than three means and deviations.
  package static func normalised(
    pixels: [UInt8], count: Int, height: Int, width: Int, mean: [Float], deviation: [Float]
  ) throws(TensorError) -> Tensor {
    guard byteCount(of: [count, height, width, 3], type: .uint8) == pixels.count, mean.count == 3, deviation.count == 3
    else {
      throw TensorError(
        .unsuitableBytes,
        "\(pixels.count) bytes cannot be \(count) RGB pictures of \(width) x \(height), or there are not 3 constants")
    }
    return try make("normalise uint8\([count, height, width, 3])") { functions, out, error in
      functions.normalise_pixels(pixels, Int64(count), Int64(height), Int64(width), mean, deviation, &out, &error)
    }
  }

  /// A tensor of one value, float32.
  package static func filled(_ value: Double, shape: [Int]) throws(TensorError) -> Tensor {
    try make("create float32\(shape)") { functions, out, error in
      functions.tensor_create_filled(
        value, ElementType.float32.rawValue, shape.map(Int64.init), Int32(shape.count), &out, &error)
    }
  }

  /// Draws from the normal distribution with mean 0, float32: a function of `seed` and `shape` alone.
  package static func normal(deviation: Double, seed: UInt64, shape: [Int]) throws(TensorError) -> Tensor {
    try make("create float32\(shape)") { functions, out, error in
      functions.tensor_create_normal(deviation, seed, shape.map(Int64.init), Int32(shape.count), &out, &error)
    }
  }

  /// The values, row-major.
  ///
  /// - Throws: `unsuitable-bytes` when `Element` is not the tensor's element type.
  package func values<Element: TensorElement>(
    as type: Element.Type = Element.self
  ) throws(TensorError) -> [Element] {
    guard try elementType == Element.elementType else {
      throw TensorError(.unsuitableBytes, "\(self) does not hold \(Element.elementType)")
    }
    let count = try shape.reduce(1, *)
    var result: Result<Void, TensorError> = .success(())
    let values = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      result = Result { () throws(TensorError) in try copyOut(UnsafeMutableRawBufferPointer(buffer)) }
      initialized = count
    }
    try result.get()
    return values
  }

  /// The bytes: row-major, little-endian.
  package func bytes() throws(TensorError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: try shape.reduce(try elementType.byteCount, *))
    try bytes.withUnsafeMutableBytes { buffer in Result { () throws(TensorError) in try copyOut(buffer) } }.get()
    return bytes
  }

  /// The value of a float32 tensor with one element.
  package func scalar() throws(TensorError) -> Double {
    let values = try values(as: Float.self)
    guard let value = values.first, values.count == 1 else {
      throw TensorError(.unsuitableBytes, "\(self) is not one number")
    }
    return Double(value)
  }

  private func copyOut(_ buffer: UnsafeMutableRawBufferPointer) throws(TensorError) {
    try Self.perform("read", on: [self]) { functions, error in
      functions.tensor_copy_out(handle, buffer.baseAddress, Int64(buffer.count), &error)
    }
  }

  /// Bytes of a row-major tensor, `nil` when the product is negative or too large.
  private static func byteCount(of shape: [Int], type: ElementType) -> Int? {
    var product = type.byteCount
    for length in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      product = next
    }
    return product
  }
}
