import Imaging

/// Sums over any rectangle of a picture from four numbers each.
///
/// Sums are whole numbers modulo 2^32: exact for rectangles of up to 16 million pixels.
struct SummedAreas {
  let width: Int
  let height: Int
  /// `[row][column][channel]` with a first row and column of zeros: the sum over all that lies above and left.
  private let sums: [UInt32]

  init(_ image: Image) {
    let (width, height) = (image.width, image.height)
    (self.width, self.height) = (width, height)
    let row = 3 * (width + 1)
    sums = [UInt32](unsafeUninitializedCapacity: row * (height + 1)) { sums, count in
      sums.prefix(row).initialize(repeating: 0)
      image.pixels.withUnsafeBufferPointer { pixels in
        for y in 0..<height {
          var (red, green, blue): (UInt32, UInt32, UInt32) = (0, 0, 0)
          var source = y * width * 3
          var above = y * row
          var target = above + row
          for channel in 0..<3 { sums.initializeElement(at: target + channel, to: 0) }
          for _ in 0..<width {
            (above, target) = (above + 3, target + 3)
            red &+= UInt32(pixels[source])
            green &+= UInt32(pixels[source + 1])
            blue &+= UInt32(pixels[source + 2])
            source += 3
            sums.initializeElement(at: target, to: sums[above] &+ red)
            sums.initializeElement(at: target + 1, to: sums[above + 1] &+ green)
            sums.initializeElement(at: target + 2, to: sums[above + 2] &+ blue)
          }
        }
      }
      count = row * (height + 1)
    }
  }

  /// Appends a part of the picture at another size: cell i of n stands for the mean of the pixels from floor(i side / n)
  /// to ceil((i + 1) side / n), as in PyTorch's `interpolate(mode: "area")`.
  ///
  /// - Parameters:
  ///   - x: columns of the part, at least one; `y` its rows.
  ///   - output: gets `[column][row][channel]`, columns first, each value (mean - 127.5) / 128.
  /// - Requires: a part inside the picture.
  func appendMeans(x: Range<Int>, y: Range<Int>, columns: Int, rows: Int, to output: inout [Float]) {
    let row = 3 * (width + 1)
    let spans = (0..<rows).map { Self.span($0, of: rows, in: y) }
    sums.withUnsafeBufferPointer { sums in
      for column in 0..<columns {
        let across = Self.span(column, of: columns, in: x)
        let (left, right) = (3 * across.lowerBound, 3 * across.upperBound)
        for down in spans {
          let (top, bottom) = (down.lowerBound * row, down.upperBound * row)
          let count = Float(across.count * down.count)
          for channel in 0..<3 {
            let sum =
              sums[bottom + right + channel] &- sums[bottom + left + channel] &- sums[top + right + channel]
              &+ sums[top + left + channel]
            output.append((Float(sum) / count - 127.5) * 0.0078125)
          }
        }
      }
    }
  }

  private static func span(_ cell: Int, of cells: Int, in range: Range<Int>) -> Range<Int> {
    let first = range.lowerBound + cell * range.count / cells
    let end = range.lowerBound + ((cell + 1) * range.count + cells - 1) / cells
    return first..<end
  }
}
