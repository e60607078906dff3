private import Foundation

/// A change of colours that is the same for every pixel: a 3 x 3 matrix over (R, G, B), and an offset.
///
/// Values are 0 ... 255.
package struct ColourMatrix: Hashable, Sendable {
  /// Three rows of three factors.
  package var factors: [Double]
  /// Levels added to R, G, B.
  package var offsets: [Double]

  /// - Requires: nine factors, three offsets.
  package init(factors: [Double], offsets: [Double] = [0, 0, 0]) {
    precondition(factors.count == 9 && offsets.count == 3, "\(factors.count) factors, \(offsets.count) offsets")
    self.factors = factors
    self.offsets = offsets
  }

  /// - Requires: three offsets.
  private init(offsets: [Double] = [0, 0, 0], _ factor: (_ row: Int, _ column: Int) -> Double) {
    var factors: [Double] = []
    for row in 0..<3 {
      for column in 0..<3 { factors.append(factor(row, column)) }
    }
    self.init(factors: factors, offsets: offsets)
  }

  package static let identity = ColourMatrix { $0 == $1 ? 1 : 0 }

  /// Weights of BT.601's luma.
  private static let luma = [0.299, 0.587, 0.114]

  /// Adds `red`, `green`, `blue` levels.
  package static func shift(red: Double, green: Double, blue: Double) -> ColourMatrix {
    ColourMatrix(factors: identity.factors, offsets: [red, green, blue])
  }

  /// Scales the distance from middle grey (127.5) by `factor`, then adds `brightness` levels.
  package static func contrast(_ factor: Double, brightness: Double = 0) -> ColourMatrix {
    let offset = 127.5 * (1 - factor) + brightness
    return ColourMatrix(offsets: [offset, offset, offset]) { $0 == $1 ? factor : 0 }
  }

  /// Scales the distance from grey of the same luma by `factor`: 0 is grey, 1 changes nothing.
  package static func saturation(_ factor: Double) -> ColourMatrix {
    ColourMatrix { row, column in (1 - factor) * luma[column] + (row == column ? factor : 0) }
  }

  /// Turns colours about the grey axis, keeping luma.
  ///
  /// Source: Haeberli 1993, "Matrix Operations for Image Processing": a turn about (1, 1, 1), sheared so that luma
  /// stays; here with BT.601's weights.
  package static func hue(degrees: Double) -> ColourMatrix {
    let (cosine, sine) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    let mean = (1 - cosine) / 3
    let cross = sine / 3.0.squareRoot()
    let turn = ColourMatrix { row, column in
      switch (column - row + 3) % 3 {
      case 0: cosine + mean
      case 1: mean - cross
      default: mean + cross
      }
    }
    // What the turn changes in luma is taken from all three channels alike: a shear along the grey axis.
    let sheared = turn.lumaWeights
    return ColourMatrix { row, column in turn[row, column] + luma[column] - sheared[column] }
  }

  /// This change, then `next`, with no rounding or clipping in between.
  package func followed(by next: ColourMatrix) -> ColourMatrix {
    var offsets = next.offsets
    for row in 0..<3 {
      for middle in 0..<3 { offsets[row] += next[row, middle] * self.offsets[middle] }
    }
    return ColourMatrix(offsets: offsets) { row, column in
      next[row, 0] * self[0, column] + next[row, 1] * self[1, column] + next[row, 2] * self[2, column]
    }
  }

  private subscript(row: Int, column: Int) -> Double { factors[row * 3 + column] }

  /// How much the luma of the result owes to R, G, B of the input.
  private var lumaWeights: [Double] {
    (0..<3).map { Self.luma[0] * self[0, $0] + Self.luma[1] * self[1, $0] + Self.luma[2] * self[2, $0] }
  }
}

extension Image {
  /// Every pixel through `matrix`, rounded and clipped to `UInt8`.
  ///
  /// Factors are rounded to 1/65536 and the sums are whole numbers: the same bytes on every machine.
  ///
  /// - Requires: factors below 10,000 in magnitude.
  package func recoloured(by matrix: ColourMatrix) -> Image {
    let factors = matrix.factors.map { Int(($0 * 65536).rounded()) }
    let offsets = matrix.offsets.map { Int(($0 * 65536).rounded()) + 32768 }
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      for index in stride(from: 0, to: pixels.count, by: 3) {
        let (red, green, blue) = (Int(pixels[index]), Int(pixels[index + 1]), Int(pixels[index + 2]))
        for row in 0..<3 {
          let sum = factors[row * 3] * red + factors[row * 3 + 1] * green + factors[row * 3 + 2] * blue + offsets[row]
          pixels[index + row] = UInt8(min(255, max(0, sum >> 16)))
        }
      }
    }
    return result
  }
}
