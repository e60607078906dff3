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
    let steps = region.gridSteps(x: columns.start, y: rows.start)
    return (steps.onGrid + floor) / (steps.elsewhere + floor)
  }
}
