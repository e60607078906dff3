internal import Imaging
internal import Records

/// How much of the 8 x 8 grid of JPEG, MPEG and H.264 shows in a frame.
///
/// The mean step of luma between neighbours on both sides of the grid's lines, over the mean step between neighbours of one
/// block; a tenth of a grey level is added to both, so that flat pictures have none. The grid begins at the frame's top
/// left corner. Frames that the decoder turned upright have it there if their sides are multiples of 8, as is usual.
///
/// Source: the idea of Wang, Sheikh and Bovik 2002, No-reference perceptual quality assessment of JPEG compressed images.
enum Blockiness {
  /// Longest side, pixels, of what is looked at: the middle of the face.
  private static let sideLimit = 192
  private static let floor = 0.1

  /// - Returns: 1 where no grid is seen, and where the face is not in the frame.
  static func measure(_ picture: any Picture, around box: Box) throws -> Double {
    func range(_ start: Double, _ length: Double, _ limit: Int) -> (start: Int, count: Int)? {
      let centre = start + length / 2
      let half = min(length, Double(sideLimit)) / 2
      guard centre.isFinite, half > 0 else { return nil }
      let low = max(0, centre - half)
      let high = min(Double(limit), centre + half)
      return high - low >= 16 ? (Int(low), Int(high) - Int(low)) : nil
    }
    guard let columns = range(box.x, box.width, picture.width), let rows = range(box.y, box.height, picture.height)
    else { return 1 }
    let region = try picture.region(
      PixelRectangle(x: columns.start, y: rows.start, width: columns.count, height: rows.count))
    return ratio(region.luma(), width: region.width, height: region.height, x: columns.start, y: rows.start)
  }

  /// - Parameters:
  ///   - plane: luma, `[height, width]`.
  ///   - x: column of its first pixel in the frame; so `y`.
  private static func ratio(_ plane: [UInt8], width: Int, height: Int, x: Int, y: Int) -> Double {
    var (onGrid, inBlocks, gridSteps, blockSteps) = (0, 0, 0, 0)
    plane.withUnsafeBufferPointer { values in
      var sums = [Int](repeating: 0, count: width)
      for row in 0..<height {
        let start = row * width
        for column in 1..<width {
          sums[column] += abs(Int(values[start + column]) - Int(values[start + column - 1]))
        }
        guard row > 0 else { continue }
        var sum = 0
        for column in 0..<width { sum += abs(Int(values[start + column]) - Int(values[start + column - width])) }
        if (y + row).isMultiple(of: 8) {
          (onGrid, gridSteps) = (onGrid + sum, gridSteps + width)
        } else {
          (inBlocks, blockSteps) = (inBlocks + sum, blockSteps + width)
        }
      }
      for column in 1..<width {
        if (x + column).isMultiple(of: 8) {
          (onGrid, gridSteps) = (onGrid + sums[column], gridSteps + height)
        } else {
          (inBlocks, blockSteps) = (inBlocks + sums[column], blockSteps + height)
        }
      }
    }
    return (Double(onGrid) / Double(gridSteps) + floor) / (Double(inBlocks) / Double(blockSteps) + floor)
  }
}
