import Foundation
import Records

/// The numbers that come out of BlazeFace for the back camera.
enum BlazeFace {
  /// Side of the input, pixels.
  static let inputPixels = 256
  /// Pixels between the cells of the two grids, and boxes at each cell.
  static let grids = [(stride: 16, boxes: 2), (stride: 32, boxes: 6)]
  /// Scores and boxes of the finer grid, then of the coarser.
  static let outputNames = ["Identity:0", "Identity_2:0", "Identity_1:0", "Identity_3:0"]
  /// Values of each output.
  static let counts = grids.flatMap { grid in
    let boxes = inputPixels / grid.stride * (inputPixels / grid.stride) * grid.boxes
    return [boxes, 16 * boxes]
  }

  /// Turns the outputs into faces, several for each one seen.
  ///
  /// For a box at the cell in column c and row r: score = the logistic function of the value; centre = ((c + 0.5) s + b0, (r
  /// + 0.5) s + b1), sides (b2, b3), pixels. Twelve further values are the eyes, nose, middle of the mouth and ears: not the five
  /// landmarks of other detectors, which have both corners of the mouth, so they are left out.
  ///
  /// - Parameter outputs: in the order of ``outputNames``, cells row by row.
  /// - Returns: faces with at least `scoreThreshold`, pixels of the input, in the order of the boxes.
  static func decode(_ outputs: [[Float]], scoreThreshold: Double) -> [Face] {
    var faces: [Face] = []
    for (index, grid) in grids.enumerated() {
      let columns = inputPixels / grid.stride
      let (scores, boxes) = (outputs[2 * index], outputs[2 * index + 1])
      for (box, value) in scores.enumerated() {
        let score = 1 / (1 + exp(-Double(value)))
        guard score >= scoreThreshold else { continue }
        let cell = box / grid.boxes
        let centreX = (Double(cell % columns) + 0.5) * Double(grid.stride) + Double(boxes[16 * box])
        let centreY = (Double(cell / columns) + 0.5) * Double(grid.stride) + Double(boxes[16 * box + 1])
        let (width, height) = (Double(boxes[16 * box + 2]), Double(boxes[16 * box + 3]))
        faces.append(
          Face(
            box: Box(x: centreX - width / 2, y: centreY - height / 2, width: width, height: height), score: score))
      }
    }
    return faces
  }
}
