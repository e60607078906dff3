/// Sums over a window that slides over two interleaved RGB pictures, exact in whole numbers.
struct SimilarityWindow {
  private static let side = DifferenceMask.windowPixels
  private static let radius = side / 2

  private let width: Int
  private let height: Int
  /// Values of a row of columns: three channels each, and `radius` mirrored columns at both ends.
  private let stride: Int
  /// Sums over the window's rows, five rows of columns: of x, y, x², y², and xy.
  private var columns: [Int32]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    stride = (width + 2 * Self.radius) * 3
    columns = [Int32](repeating: 0, count: stride * 5)
  }

  /// `255 (1 - SSIM)` of every pixel, as the luma of the three channels' values.
  ///
  /// - Parameters: two pictures, RGB, `width * height * 3` bytes each.
  mutating func differences(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
    for row in -Self.radius...Self.radius { add(mirrored(row), of: first, second, factor: 1) }
    return [UInt8](unsafeUninitializedCapacity: width * height) { output, count in
      for row in 0..<height {
        if row > 0 {
          add(mirrored(row + Self.radius), of: first, second, factor: 1)
          add(mirrored(row - Self.radius - 1), of: first, second, factor: -1)
        }
        mirrorEnds()
        write(UnsafeMutableBufferPointer(rebasing: output[row * width..<(row + 1) * width]))
      }
      count = width * height
    }
  }

  /// The row that stands for `row` beyond the edge: the picture mirrored, its edge repeated.
  private func mirrored(_ row: Int) -> Int { row < 0 ? -row - 1 : row >= height ? 2 * height - 1 - row : row }

  private mutating func add(_ row: Int, of first: [UInt8], _ second: [UInt8], factor: Int32) {
    let length = width * 3
    columns.withUnsafeMutableBufferPointer { sums in
      first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in
          for index in 0..<length {
            let (x, y) = (Int32(first[row * length + index]), Int32(second[row * length + index]))
            let place = Self.radius * 3 + index
            sums[place] &+= factor &* x
            sums[stride + place] &+= factor &* y
            sums[2 * stride + place] &+= factor &* x &* x
            sums[3 * stride + place] &+= factor &* y &* y
            sums[4 * stride + place] &+= factor &* x &* y
          }
        }
      }
    }
  }

  private mutating func mirrorEnds() {
    for start in Swift.stride(from: 0, to: columns.count, by: stride) {
      for beyond in 1...Self.radius {
        for channel in 0..<3 {
          let (left, right) = (start + Self.radius * 3 + channel, start + (Self.radius + width - 1) * 3 + channel)
          columns[left - beyond * 3] = columns[left + (beyond - 1) * 3]
          columns[right + beyond * 3] = columns[right - (beyond - 1) * 3]
        }
      }
    }
  }

  /// One row of the mask, from the sums of its columns.
  private func write(_ output: UnsafeMutableBufferPointer<UInt8>) {
    // Means over n and covariances over n (n - 1) pixels; both sides of each fraction are left multiplied by them.
    let count = Int32(Self.side * Self.side)
    let c1 = 0.01 * 255 * 0.01 * 255 * Double(count * count)
    let c2 = 0.03 * 255 * 0.03 * 255 * Double(count * (count - 1))
    columns.withUnsafeBufferPointer { sums in
      var red = WindowSums(sums, stride: stride, channel: 0)
      var green = WindowSums(sums, stride: stride, channel: 1)
      var blue = WindowSums(sums, stride: stride, channel: 2)
      func level(_ window: inout WindowSums, _ column: Int) -> Int {
        window.enter(column + Self.side - 1)
        let (xx, yy, xy) = (window.x &* window.x, window.y &* window.y, window.x &* window.y)
        let means = (Double(2 &* xy) + c1) / (Double(xx &+ yy) + c1)
        let covariances =
          (Double(2 &* (count &* window.xy &- xy)) + c2)
          / (Double(count &* (window.xx &+ window.yy) &- xx &- yy) + c2)
        window.leave(column)
        return Int(min(255, max(0, (1 - means * covariances) * 255)))
      }
      for column in 0..<width {
        let luma = 9798 * level(&red, column) + 19235 * level(&green, column) + 3735 * level(&blue, column)
        output[column] = UInt8((luma + 16384) >> 15)
      }
    }
  }
}

/// The window's sums of one channel.
private struct WindowSums {
  private let sums: UnsafeBufferPointer<Int32>
  private let stride: Int
  private let channel: Int
  private(set) var x: Int32 = 0
  private(set) var y: Int32 = 0
  private(set) var xx: Int32 = 0
  private(set) var yy: Int32 = 0
  private(set) var xy: Int32 = 0

  /// Holds all columns of the first window but the last.
  init(_ sums: UnsafeBufferPointer<Int32>, stride: Int, channel: Int) {
    (self.sums, self.stride, self.channel) = (sums, stride, channel)
    for column in 0..<DifferenceMask.windowPixels - 1 { enter(column) }
  }

  mutating func enter(_ column: Int) {
    let place = column * 3 + channel
    x &+= sums[place]
    y &+= sums[stride + place]
    xx &+= sums[2 * stride + place]
    yy &+= sums[3 * stride + place]
    xy &+= sums[4 * stride + place]
  }

  mutating func leave(_ column: Int) {
    let place = column * 3 + channel
    x &-= sums[place]
    y &-= sums[stride + place]
    xx &-= sums[2 * stride + place]
    yy &-= sums[3 * stride + place]
    xy &-= sums[4 * stride + place]
  }
}
