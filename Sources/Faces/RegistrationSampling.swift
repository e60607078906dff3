import Records

/// Where the columns (or rows) of a fake's level fall in its original's.
struct RegistrationAxis {
  /// Columns of the fake that show something of the original.
  let range: Range<Int>
  /// Those of them whose neighbours, too, show nothing but the original.
  let inner: Range<Int>
  /// For every column of the fake: the original's column on its left.
  let places: [Int]
  /// For every column of the fake: how far it is on the way to the next column, 0...1.
  let fractions: [Float]
  /// The original's columns for one column of the fake.
  let step: Double
  /// The original's position, in columns, of the fake's column 0.
  let start: Double

  /// - Parameters:
  ///   - count: columns of the fake's level; `fakeScale`, columns for a pixel of its frame.
  ///   - originalCount: the same of the original's, at least 2.
  ///   - scale: pixels of the fake's frame for one of the original's; `offset`, pixels of the fake's frame.
  init(
    count: Int, fakeScale: Double, originalCount: Int, originalScale: Double, scale: Double, offset: Double
  ) {
    step = originalScale / (fakeScale * scale)
    start = (0.5 / fakeScale - offset) / scale * originalScale - 0.5
    var places = [Int](repeating: 0, count: count)
    var fractions = [Float](repeating: 0, count: count)
    var (first, last) = (count, -1)
    var (innerFirst, innerLast) = (count, -1)
    for column in 0..<count {
      let position = start + step * Double(column)
      // Half a column beyond the middle of the outer ones still lies in them.
      guard position >= -0.5, position <= Double(originalCount) - 0.5 else { continue }
      let inside = min(max(position, 0), Double(originalCount - 1))
      places[column] = min(Int(inside), originalCount - 2)
      fractions[column] = Float(inside - Double(places[column]))
      first = min(first, column)
      last = column
      guard position >= max(1, step), position <= Double(originalCount - 1) - max(1, step) else { continue }
      innerFirst = min(innerFirst, column)
      innerLast = column
    }
    (self.places, self.fractions) = (places, fractions)
    range = first <= last ? first..<last + 1 : 0..<0
    inner = innerFirst <= innerLast ? innerFirst..<innerLast + 1 : 0..<0
  }
}

/// A fake's level, the level of its original that it is held against, and a map between their frames.
struct RegistrationSampling {
  let fake: RegistrationLevel
  let original: RegistrationLevel
  let columns: RegistrationAxis
  let rows: RegistrationAxis

  init(fake: RegistrationLevel, original: RegistrationLevel, map: RegistrationMap) {
    (self.fake, self.original) = (fake, original)
    columns = RegistrationAxis(
      count: fake.width, fakeScale: fake.scaleX, originalCount: original.width, originalScale: original.scaleX,
      scale: map.scaleX, offset: map.offsetX)
    rows = RegistrationAxis(
      count: fake.height, fakeScale: fake.scaleY, originalCount: original.height, originalScale: original.scaleY,
      scale: map.scaleY, offset: map.offsetY)
  }

  /// Pixels of the fake's level that show something of the original.
  var overlap: Int { columns.range.count * rows.range.count }

  /// Rows and columns of the fake's level that a box of the fake's frame covers, cut at what the two share.
  func rectangle(_ box: Box) -> RegistrationRectangle {
    func range(_ start: Double, _ length: Double, _ scale: Double, _ limits: Range<Int>) -> Range<Int> {
      let low = (start * scale).rounded()
      let high = ((start + length) * scale).rounded()
      guard low.isFinite, high.isFinite, abs(low) < 1e9, abs(high) < 1e9 else {
        return limits.lowerBound..<limits.lowerBound
      }
      return (Int(low)..<max(Int(low), Int(high))).clamped(to: limits)
    }
    return RegistrationRectangle(
      columns: range(box.x, box.width, fake.scaleX, columns.range),
      rows: range(box.y, box.height, fake.scaleY, rows.range))
  }

  /// All that the two share.
  var whole: RegistrationRectangle { RegistrationRectangle(columns: columns.range, rows: rows.range) }

  /// What the two share, without the pixels at its edge, which may be mixed with what is beyond.
  var inner: RegistrationRectangle { RegistrationRectangle(columns: columns.inner, rows: rows.inner) }

  /// Calls `body` for every pixel of `region` outside `holes`: column, row, the fake's value, and the original's there.
  @inline(__always)
  func forEach(
    in region: RegistrationRectangle, without holes: [RegistrationRectangle],
    _ body: (_ column: Int, _ row: Int, _ fake: Float, _ original: Float) -> Void
  ) {
    fake.values.withUnsafeBufferPointer { fakeValues in
      original.values.withUnsafeBufferPointer { originalValues in
        columns.places.withUnsafeBufferPointer { places in
          columns.fractions.withUnsafeBufferPointer { fractions in
            for row in region.rows {
              let above = rows.places[row] * original.width
              let rowFraction = rows.fractions[row]
              for span in region.spans(row: row, without: holes) {
                for column in span {
                  let place = above + places[column]
                  let (a, b) = (Float(originalValues[place]), Float(originalValues[place + 1]))
                  let below = place + original.width
                  let (c, d) = (Float(originalValues[below]), Float(originalValues[below + 1]))
                  let fraction = fractions[column]
                  let upper = a + (b - a) * fraction
                  let lower = c + (d - c) * fraction
                  body(column, row, Float(fakeValues[row * fake.width + column]), upper + (lower - upper) * rowFraction)
                }
              }
            }
          }
        }
      }
    }
  }

  /// How alike the two are in a region: the correlation of their values, whatever gain and offset lie between.
  func comparison(
    in region: RegistrationRectangle, without holes: [RegistrationRectangle] = []
  ) -> RegistrationComparison {
    var comparison = RegistrationComparison()
    forEach(in: region, without: holes) { _, _, fake, original in
      comparison.add(Double(fake), Double(original))
    }
    return comparison
  }
}

/// Rows and columns of a level.
struct RegistrationRectangle: Hashable {
  var columns: Range<Int>
  var rows: Range<Int>

  /// The columns of one row that no hole covers.
  func spans(row: Int, without holes: [RegistrationRectangle]) -> [Range<Int>] {
    var spans = [columns]
    for hole in holes where hole.rows.contains(row) && !hole.columns.isEmpty {
      spans = spans.flatMap { span in
        [
          span.lowerBound..<max(span.lowerBound, min(span.upperBound, hole.columns.lowerBound)),
          min(span.upperBound, max(span.lowerBound, hole.columns.upperBound))..<span.upperBound,
        ].filter { !$0.isEmpty }
      }
    }
    return spans
  }
}

/// Sums over the pixels that two levels share.
struct RegistrationComparison {
  private(set) var count = 0
  private var sums = (x: 0.0, y: 0.0, xx: 0.0, yy: 0.0, xy: 0.0)

  mutating func add(_ x: Double, _ y: Double) {
    count += 1
    sums.x += x
    sums.y += y
    sums.xx += x * x
    sums.yy += y * y
    sums.xy += x * y
  }

  /// Standard deviation of the flatter of the two, grey levels.
  var deviation: Double {
    guard count > 0 else { return 0 }
    let n = Double(count)
    return min(max(0, sums.xx - sums.x * sums.x / n), max(0, sums.yy - sums.y * sums.y / n)).squareRoot()
      / n.squareRoot()
  }

  /// Zero-mean normalised cross-correlation, -1...1; 0 where one of them is flat.
  var correlation: Double {
    guard count > 0 else { return 0 }
    let n = Double(count)
    let product = (sums.xx - sums.x * sums.x / n) * (sums.yy - sums.y * sums.y / n)
    return product > 1e-6 ? (sums.xy - sums.x * sums.y / n) / product.squareRoot() : 0
  }
}
