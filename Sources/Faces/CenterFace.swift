import Foundation
import Records

/// The numbers that come out of CenterFace.
enum CenterFace {
  /// Pixels of the input for a cell of the output.
  static let stride = 4
  /// The input's sides are multiples of this.
  static let multiple = 32
  /// Heat, sizes, offsets and landmarks.
  static let outputNames = ["537", "538", "539", "540"]
  /// Values of each output per cell.
  static let channels = [1, 2, 2, 10]

  /// Turns the outputs into faces, several for each one seen.
  ///
  /// For the cell in column c and row r: score = heat; box centre = ((c + o1 + 0.5) 4, (r + o0 + 0.5) 4), box sides = (4
  /// exp(s1), 4 exp(s0)); landmark k is at the first corner plus the sides times (l(2k + 1), l(2k)).
  ///
  /// - Parameters:
  ///   - outputs: in the order of ``outputNames``, each `[channel][row][column]`.
  ///   - columns: cells in a row; `rows` likewise.
  /// - Returns: faces with at least `scoreThreshold`, pixels of the input, in the order of the cells.
  static func decode(_ outputs: [[Float]], columns: Int, rows: Int, scoreThreshold: Double) -> [Face] {
    let cells = columns * rows
    var faces: [Face] = []
    for cell in 0..<cells where Double(outputs[0][cell]) >= scoreThreshold {
      let value = { (output: Int, channel: Int) in Double(outputs[output][channel * cells + cell]) }
      let side = Double(stride)
      let (width, height) = (exp(value(1, 1)) * side, exp(value(1, 0)) * side)
      let x = (Double(cell % columns) + value(2, 1) + 0.5) * side - width / 2
      let y = (Double(cell / columns) + value(2, 0) + 0.5) * side - height / 2
      let landmarks = (0..<5).map { point in
        Point(x: x + value(3, 2 * point + 1) * width, y: y + value(3, 2 * point) * height)
      }
      faces.append(
        Face(
          box: Box(x: x, y: y, width: width, height: height), landmarks: landmarks,
          score: min(1, Double(outputs[0][cell]))))
    }
    return faces
  }
}
