/// What is known of the loops in `CRowKernels`, and four numbers at a time in memory.
enum RowKernels {
  /// How much smaller or greater than the truth, of itself, a squared distance in float32 may be.
  ///
  /// A partial sum, and the rest that fills none, takes fewer than `columns / 16 + 32` additions, a square three roundings,
  /// the sum of the sums five: there is room besides.
  static func relativeError(columns: Int) -> Float { Float(columns / 16 + 48) * 0x1p-24 }

  /// What squares that are too small for float32 may add to an error.
  static func absoluteError(columns: Int) -> Float { Float(columns) * 0x1p-124 }

  @inline(__always)
  static func load4(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
  }

  @inline(__always)
  static func store(_ values: SIMD4<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: values, as: SIMD4<Float>.self)
  }

  /// The least of four.
  @inline(__always)
  static func least(_ values: SIMD4<Float>) -> Float {
    min(min(values[0], values[1]), min(values[2], values[3]))
  }
}
