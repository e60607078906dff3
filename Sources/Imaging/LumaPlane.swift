/// Luma of a picture: `UInt8`, full range, row-major `[height, width]`.
package struct LumaPlane: Sendable, Hashable {
  package let width: Int
  package let height: Int
  /// `width * height` values.
  package var values: [UInt8]

  /// - Requires: positive sides and `values.count == width * height`.
  package init(width: Int, height: Int, values: [UInt8]) {
    precondition(
      width > 0 && height > 0 && values.count == width * height, "\(values.count) values for \(width) x \(height)")
    self.width = width
    self.height = height
    self.values = values
  }

  init(width: Int, height: Int) {
    self.init(width: width, height: height, values: [UInt8](repeating: 0, count: width * height))
  }

  /// The plane at another size, each pixel the mean of the area it covers, in whole numbers: the same bytes on every
  /// machine.
  ///
  /// - Requires: positive sides.
  package func averaged(width newWidth: Int, height newHeight: Int) -> LumaPlane {
    precondition(newWidth > 0 && newHeight > 0, "\(newWidth) x \(newHeight)")
    if newWidth == width, newHeight == height { return self }
    let (columns, rows) = (Self.spans(newWidth, over: width), Self.spans(newHeight, over: height))
    var result = LumaPlane(width: newWidth, height: newHeight)
    var across = [Int](repeating: 0, count: newWidth)
    values.withUnsafeBufferPointer { values in
      // Rows are summed as they are needed; at a border between two new rows one is summed for both.
      for (newRow, span) in rows.enumerated() {
        var sums = [Int](repeating: 0, count: newWidth)
        for row in span.first...span.last {
          let start = row * width
          for (column, piece) in columns.enumerated() {
            var sum = Int(values[start + piece.first]) * piece.firstWeight
            if piece.last > piece.first {
              var inner = 0
              for place in piece.first + 1..<piece.last { inner += Int(values[start + place]) }
              sum += inner * newWidth + Int(values[start + piece.last]) * piece.lastWeight
            }
            across[column] = sum
          }
          let weight = row == span.first ? span.firstWeight : row == span.last ? span.lastWeight : newHeight
          for column in 0..<newWidth { sums[column] += across[column] * weight }
        }
        let area = width * height
        for column in 0..<newWidth {
          result.values[newRow * newWidth + column] = UInt8((sums[column] + area / 2) / area)
        }
      }
    }
    return result
  }

  /// The old pixels that a new one covers; weights in units of one new pixel per old side: a whole old pixel weighs as
  /// many as there are new ones.
  private struct Span {
    var first: Int
    var last: Int
    var firstWeight: Int
    var lastWeight: Int
  }

  private static func spans(_ count: Int, over side: Int) -> [Span] {
    (0..<count).map { index in
      // In units of 1 / count of an old pixel the new one is `side` wide.
      let (low, high) = (index * side, (index + 1) * side)
      let (first, last) = (low / count, (high - 1) / count)
      return Span(
        first: first, last: last, firstWeight: min(high, (first + 1) * count) - low,
        lastWeight: first == last ? 0 : high - last * count)
    }
  }
}

extension ImageCodec {
  /// Luma of a JPEG or PNG, for those who look at it small: a JPEG's is decoded alone, at the least of the sizes 1, 1/2,
  /// 1/4 and 1/8 whose sides are not below `leastSide`. Within a few grey levels of ``Image/luma()`` averaged to that
  /// size.
  ///
  /// - Throws: as ``decode(_:)``.
  package static func luma(_ bytes: [UInt8], leastSide: Int) throws(ImagingError) -> LumaPlane {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]), let plane = try JPEG.luma(bytes, leastSide: leastSide) { return plane }
    let image = try decode(bytes)
    return LumaPlane(width: image.width, height: image.height, values: image.luma())
  }
}
