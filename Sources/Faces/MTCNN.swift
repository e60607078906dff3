import Records

/// The arithmetic of MTCNN between its networks, in float32 as in facenet-pytorch, whose boxes these are.
///
/// Source: Zhang et al. 2016, Joint face detection and alignment using multitask cascaded convolutional networks; facenet-pytorch
/// 2.6.0, `models/utils/detect_face.py`.
enum MTCNN {
  /// Side of the windows that the first network looks at, pixels.
  static let cell: Float = 12
  /// Pixels between the windows.
  static let stride: Float = 2
  /// Each picture of the pyramid over the one before.
  static let factor = 0.709
  /// Least side of a face, pixels of the picture that is looked at.
  static let leastFacePixels = 20.0
  /// Least scores after the first and the second network; that of the third is the detector's.
  static let proposalScore: Float = 0.6
  static let refinementScore: Float = 0.7

  /// A window that may hold a face: corners in pixels as the reference counts them, where the last pixel's number is
  /// also the box's edge.
  struct Window {
    /// x and y of the first corner, x and y of the second.
    var corners: SIMD4<Float>
    var score: Float
    /// What the network adds to each corner, in sides of the window.
    var offsets = SIMD4<Float>()

    var box: Box { box(wider: 0) }

    /// - Parameter pixels: added to both sides.
    func box(wider pixels: Float) -> Box {
      Box(
        x: Double(corners[0]), y: Double(corners[1]), width: Double(corners[2] - corners[0] + pixels),
        height: Double(corners[3] - corners[1] + pixels))
    }

    /// Moved by ``offsets``.
    ///
    /// - Parameter pixels: added to the sides that offsets are multiples of; the reference adds one after the second and
    ///   the third network.
    func moved(sidesWider pixels: Float) -> Window {
      let (width, height) = (corners[2] - corners[0] + pixels, corners[3] - corners[1] + pixels)
      return Window(corners: corners + offsets * SIMD4(width, height, width, height), score: score)
    }

    /// The square around the same centre whose side is the longer one.
    func squared() -> Window {
      let (width, height) = (corners[2] - corners[0], corners[3] - corners[1])
      let side = max(width, height)
      let (x, y) = (corners[0] + width * 0.5 - side * 0.5, corners[1] + height * 0.5 - side * 0.5)
      return Window(corners: SIMD4(x, y, x + side, y + side), score: score)
    }

    /// The pixels that a network looks at; `nil` where none lie in the picture.
    func pixels(width: Int, height: Int) -> (x: Range<Int>, y: Range<Int>)? {
      guard corners.x.isFinite, corners.y.isFinite, corners.z.isFinite, corners.w.isFinite else { return nil }
      let whole = SIMD4<Double>(corners).rounded(.towardZero).clamped(
        lowerBound: SIMD4(repeating: -1e6), upperBound: SIMD4(repeating: 1e6))
      let (x, y) = (max(Int(whole[0]), 1) - 1, max(Int(whole[1]), 1) - 1)
      let (endX, endY) = (min(Int(whole[2]), width), min(Int(whole[3]), height))
      return x < endX && y < endY ? (x..<endX, y..<endY) : nil
    }
  }

  /// Sizes of the pyramid over the picture's, the largest first.
  ///
  /// The sizes are always the same, so that boxes do not depend on `leastFace`; those are left out whose windows lie two
  /// sizes below it.
  ///
  /// - Parameter leastFace: side of the smallest face that is wanted, pixels of the picture.
  static func scales(width: Int, height: Int, leastFace: Double) -> [Double] {
    let first = Double(cell) / leastFacePixels
    var scales: [Double] = []
    var (scale, side) = (first, Double(min(width, height)) * first)
    while side >= Double(cell) {
      if Double(cell) / scale >= leastFace * factor * factor { scales.append(scale) }
      scale *= factor
      side *= factor
    }
    return scales
  }

  /// The windows that the first network finds in one picture of the pyramid.
  ///
  /// - Parameters:
  ///   - scores: `[column][row][2]`: no face, face.
  ///   - offsets: `[column][row][4]`.
  static func windows(scores: [Float], offsets: [Float], columns: Int, rows: Int, scale: Double) -> [Window] {
    let scale = Float(scale)
    var windows: [Window] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let index = column * rows + row
        guard scores[2 * index + 1] >= proposalScore else { continue }
        let place = SIMD2(Float(column), Float(row)) * stride
        let first = ((place + 1) / scale).rounded(.down)
        let second = ((place + cell) / scale).rounded(.down)
        windows.append(
          Window(
            corners: SIMD4(lowHalf: first, highHalf: second), score: scores[2 * index + 1],
            offsets: four(offsets, at: index)))
      }
    }
    return windows
  }

  /// Those that no better window covers by more than `maximumOverlap` of what both cover together, the best first.
  static func suppress(_ windows: [Window], maximumOverlap: Double) -> [Window] {
    let ranked = ranked(windows)
    return uncovered(ranked.map(\.box), maximumOverlap: maximumOverlap) { $0.overlap(with: $1) }.map { ranked[$0] }
  }

  /// Places of `values` sorted by falling score; equal ones keep their order.
  static func ranked(_ windows: [Window]) -> [Window] {
    windows.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(\.element)
  }

  /// The `index`-th four of an array.
  static func four(_ values: [Float], at index: Int) -> SIMD4<Float> {
    SIMD4(values[4 * index], values[4 * index + 1], values[4 * index + 2], values[4 * index + 3])
  }

  /// How many items go into each run: powers of two that sum to `count`, so that few shapes of input are met.
  static func batches(_ count: Int) -> [Int] {
    var batches: [Int] = []
    var rest = count
    while rest > 0 {
      let size = min(32, 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount))
      batches.append(size)
      rest -= size
    }
    return batches
  }
}
