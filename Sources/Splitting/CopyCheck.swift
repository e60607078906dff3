private import Foundation

/// The second look at two pictures whose hashes are near: lays one on the other and compares what is left, edges above
/// all.
///
/// An affine map of six numbers is moved by Gauss-Newton from where the hashes matched, then the horizontal and vertical
/// differences of neighbouring pixels are correlated where both pictures are seen: brightness and contrast have no part
/// in it, and smooth shading, which all portraits share, little.
///
/// Source: Lucas and Kanade 1981; Baker and Matthews 2004, Lucas-Kanade 20 years on.
struct CopyCheck {
  /// How many times the map is moved, the one that correlates best being kept.
  private static let steps = 6
  /// Least standard deviation of grey levels: a flat picture is like any other.
  private static let minimumDeviation: Float = 2
  /// The map may move its corners by no more than this share of a side.
  private static let maximumShift: Float = 0.12

  private static let side = Thumbnail.sidePixels
  /// Pixel coordinates along a side, -1 ... 1 and scaled so.
  private static let places: [Float] = (0..<side).map { (Float($0) + 0.5) / Float(side) * 2 - 1 }

  /// Correlation of the edges of `part`, laid best on a part of `whole`, -1 ... 1; 0 for pictures that are flat.
  ///
  /// - Parameter window: the part of `whole` to begin with.
  static func correlation(of part: Thumbnail, in whole: Thumbnail, from window: ThumbnailWindow) -> Double {
    let part = part.luma.map(Float.init)
    let whole = whole.luma.map(Float.init)
    var map = Map(window)
    let limits = (map, maximumShift * Float(side))
    var best: (sample: Sampled, agreement: Float)?
    for step in 0...steps {
      let sample = Sampled(whole, map)
      // Both by what is seen of both: where the part shows more than the whole, its rest must not count.
      guard let target = Normalised(part, isSeen: sample.isSeen),
        let normalised = Normalised(sample.values, isSeen: sample.isSeen)
      else { break }
      let agreement = target.product(normalised, isSeen: sample.isSeen)
      if agreement > best?.agreement ?? 0 { best = (sample, agreement) }
      guard step < steps, let move = Self.move(target, normalised, sample) else { break }
      map = map.moved(move, around: limits.0, atMost: limits.1)
    }
    guard let best else { return 0 }
    return edgeCorrelation(part, best.sample)
  }

  /// The step of Gauss-Newton that brings `sampled` nearer to `target`, in pixels of the map.
  private static func move(_ target: Normalised, _ sampled: Normalised, _ sample: Sampled) -> [Float]? {
    var products = [Float](repeating: 0, count: 36)
    var right = [Float](repeating: 0, count: 6)
    for row in 1..<side - 1 {
      for column in 1..<side - 1 {
        let place = row * side + column
        guard sample.isInside(place) else { continue }
        let horizontal = (sampled.values[place + 1] - sampled.values[place - 1]) / 2
        let vertical = (sampled.values[place + side] - sampled.values[place - side]) / 2
        let (x, y) = (places[column], places[row])
        let slopes = (horizontal, horizontal * x, horizontal * y, vertical, vertical * x, vertical * y)
        let rest = target.values[place] - sampled.values[place]
        withUnsafeBytes(of: slopes) { bytes in
          let slopes = bytes.bindMemory(to: Float.self)
          for first in 0..<6 {
            right[first] += slopes[first] * rest
            for second in first..<6 { products[first * 6 + second] += slopes[first] * slopes[second] }
          }
        }
      }
    }
    return solve(products, right)
  }

  /// Cholesky's solution of six symmetric equations of which the upper triangle is given; `nil` for pictures that leave
  /// a direction open.
  private static func solve(_ matrix: [Float], _ right: [Float]) -> [Float]? {
    var factor = [Float](repeating: 0, count: 36)
    for row in 0..<6 {
      for column in 0...row {
        var sum = matrix[column * 6 + row] * (row == column ? 1.0001 : 1)
        for inner in 0..<column { sum -= factor[row * 6 + inner] * factor[column * 6 + inner] }
        if row == column {
          guard sum > 1e-9 else { return nil }
          factor[row * 6 + row] = sum.squareRoot()
        } else {
          factor[row * 6 + column] = sum / factor[column * 6 + column]
        }
      }
    }
    var solution = right
    for row in 0..<6 {
      for inner in 0..<row { solution[row] -= factor[row * 6 + inner] * solution[inner] }
      solution[row] /= factor[row * 6 + row]
    }
    for row in (0..<6).reversed() {
      for inner in row + 1..<6 { solution[row] -= factor[inner * 6 + row] * solution[inner] }
      solution[row] /= factor[row * 6 + row]
    }
    return solution
  }

  private static func edgeCorrelation(_ part: [Float], _ sample: Sampled) -> Double {
    var (both, first, second) = (0.0, 0.0, 0.0)
    for row in 1..<side - 1 {
      for column in 1..<side - 1 {
        let place = row * side + column
        guard sample.isInside(place) else { continue }
        for step in [1, side] {
          let left = Double(part[place + step] - part[place - step])
          let right = Double(sample.values[place + step] - sample.values[place - step])
          both += left * right
          first += left * left
          second += right * right
        }
      }
    }
    return first > 0 && second > 0 ? both / (first * second).squareRoot() : 0
  }

  // MARK: - Maps and samples

  /// Where the pixels of the part lie in the whole, pixels: `x = a + b u + c v`, `y = d + e u + f v` of ``places``.
  private struct Map {
    var numbers: [Float]

    init(_ window: ThumbnailWindow) {
      let (side, half) = (Float(CopyCheck.side), Float(window.scale) / 2)
      let (cosine, sine) = (Float(cos(window.degrees * .pi / 180)), Float(sin(window.degrees * .pi / 180)))
      numbers = [
        (Float(window.x) + half) * side, half * side * cosine, -half * side * sine, (Float(window.y) + half) * side,
        half * side * sine, half * side * cosine,
      ]
    }

    /// The map after a step, each number kept near its beginning.
    func moved(_ move: [Float], around start: Map, atMost limit: Float) -> Map {
      var map = self
      for index in 0..<6 {
        let (low, high) = (start.numbers[index] - limit, start.numbers[index] + limit)
        map.numbers[index] = min(high, max(low, numbers[index] + max(-limit / 2, min(limit / 2, move[index]))))
      }
      return map
    }
  }

  /// The whole as the part would show it, linear between pixels.
  private struct Sampled {
    var values: [Float]
    /// Whether the whole has the pixel.
    var isSeen: [Bool]

    init(_ whole: [Float], _ map: Map) {
      let (side, numbers) = (CopyCheck.side, map.numbers)
      values = [Float](repeating: 0, count: side * side)
      isSeen = [Bool](repeating: false, count: side * side)
      for row in 0..<side {
        for column in 0..<side {
          let (u, v) = (CopyCheck.places[column], CopyCheck.places[row])
          let x = numbers[0] + numbers[1] * u + numbers[2] * v - 0.5
          let y = numbers[3] + numbers[4] * u + numbers[5] * v - 0.5
          guard x >= -0.5, y >= -0.5, x <= Float(side) - 0.5, y <= Float(side) - 0.5 else { continue }
          let (left, top) = (min(max(0, Int(x)), side - 2), min(max(0, Int(y)), side - 2))
          let (across, down) = (min(1, max(0, x - Float(left))), min(1, max(0, y - Float(top))))
          let place = top * side + left
          let upper = whole[place] + (whole[place + 1] - whole[place]) * across
          let lower = whole[place + side] + (whole[place + side + 1] - whole[place + side]) * across
          values[row * side + column] = upper + (lower - upper) * down
          isSeen[row * side + column] = true
        }
      }
    }

    /// Whether the whole has the pixel and its four neighbours.
    @inline(__always) func isInside(_ place: Int) -> Bool {
      isSeen[place] && isSeen[place - 1] && isSeen[place + 1] && isSeen[place - CopyCheck.side]
        && isSeen[place + CopyCheck.side]
    }
  }

  /// Values less their mean, over their standard deviation.
  private struct Normalised {
    var values: [Float]

    /// `nil` for a flat picture, and where less than half is seen.
    init?(_ values: [Float], isSeen: [Bool]) {
      var (count, sum, squares) = (0, 0.0, 0.0)
      for index in values.indices where isSeen[index] {
        count += 1
        sum += Double(values[index])
        squares += Double(values[index]) * Double(values[index])
      }
      guard count * 2 >= values.count else { return nil }
      let mean = sum / Double(count)
      let deviation = Float(max(0, squares / Double(count) - mean * mean).squareRoot())
      guard deviation >= CopyCheck.minimumDeviation else { return nil }
      self.values = values.map { ($0 - Float(mean)) / deviation }
    }

    /// Mean product over the pixels that are seen.
    func product(_ other: Normalised, isSeen: [Bool]) -> Float {
      var (count, sum): (Float, Float) = (0, 0)
      for index in values.indices where isSeen[index] {
        count += 1
        sum += values[index] * other.values[index]
      }
      return count > 0 ? sum / count : 0
    }
  }
}
