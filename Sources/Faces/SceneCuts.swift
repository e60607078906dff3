/// Tells where one shot ends and the next begins, from tiny grey pictures of successive frames.
///
/// Two frames are of different shots when 1 - r exceeds the threshold, r being the correlation of their pixels. Unlike
/// differences of brightness or of histograms it does not mind exposure, and frames that are seconds apart in one shot
/// stay alike.
package struct SceneCuts: Sendable {
  /// Size of the grey pictures, pixels.
  package static let width = 32
  package static let height = 18
  /// Exceeded by 99 in 100 pairs of frames of different clips, and by 1 in 100 pairs of neighbours among 32 frames of
  /// one clip, many of which are cuts.
  package static let defaultThreshold = 0.6

  private let threshold: Double
  private var last: [UInt8]?

  /// - Parameter threshold: 0 ... 2; 0 finds no cuts.
  package init(threshold: Double = Self.defaultThreshold) { self.threshold = threshold }

  /// Whether the next frame starts a shot; the first does not.
  ///
  /// - Parameter luma: ``width`` by ``height`` values.
  package mutating func isCut(before luma: [UInt8]) -> Bool {
    defer { last = luma }
    guard threshold > 0, let last else { return false }
    return Self.difference(last, luma) > threshold
  }

  /// 1 - correlation, 0 ... 2. Against a picture without any detail it is 1, between two of them 0.
  ///
  /// - Requires: equal counts.
  package static func difference(_ first: [UInt8], _ second: [UInt8]) -> Double {
    precondition(first.count == second.count, "\(first.count) and \(second.count) values")
    // Whole numbers until the last step, so that no order of summation shows.
    var (x, y, xx, yy, xy) = (0, 0, 0, 0, 0)
    for (left, right) in zip(first, second) {
      let (left, right) = (Int(left), Int(right))
      x += left
      y += right
      xx += left * left
      yy += right * right
      xy += left * right
    }
    let count = first.count
    let (varianceX, varianceY) = (count * xx - x * x, count * yy - y * y)
    guard varianceX > 0, varianceY > 0 else { return varianceX == varianceY ? 0 : 1 }
    return 1 - Double(count * xy - x * y) / (Double(varianceX).squareRoot() * Double(varianceY).squareRoot())
  }
}
