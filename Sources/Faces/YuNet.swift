import Foundation
import Imaging
import Networks
import Records

/// The numbers that go into YuNet and come out of it.
enum YuNet {
  /// Pixels between the cells of the three output grids.
  static let strides = [8, 16, 32]
  /// For each stride: class score, objectness, box and landmarks, the order that
  /// ``decode(_:width:height:scoreThreshold:)`` takes them in.
  static let outputNames = strides.flatMap { stride in ["cls", "obj", "bbox", "kps"].map { "\($0)_\(stride)" } }

  /// Makes the network's input.
  ///
  /// - Returns: bytes `[3, height, width]`, planes blue, green, red, 0 ... 255, with black added at the right and at the
  ///   bottom so that both sides are multiples of the largest stride.
  static func input(of image: Image) -> (values: [UInt8], width: Int, height: Int) {
    let width = (image.width + 31) / 32 * 32
    let height = (image.height + 31) / 32 * 32
    return (image.bluePlanesFirst(width: width, height: height), width, height)
  }

  /// Turns the outputs into faces, several for each one seen.
  ///
  /// For the cell in column c and row r of the grid with stride s: score = sqrt(class * objectness), both held in 0 ...
  /// 1; box centre = ((c + b0) s, (r + b1) s), box sides = (exp(b2) s, exp(b3) s); landmark k = ((c + k0) s, (r + k1)
  /// s).
  ///
  /// - Parameters:
  ///   - outputs: blobs in the order of ``outputNames``, each `[cells, n]`, cells row by row, n = 1, 1, 4, 10.
  ///   - width: the input's width, pixels, a multiple of 32; `height` likewise.
  /// - Returns: faces with at least `scoreThreshold`, pixels of the input, in the order of the grids' cells.
  static func decode(
    _ outputs: [Blob], width: Int, height: Int, scoreThreshold: Double
  ) throws(FacesError) -> [Face] {
    var faces: [Face] = []
    for (index, stride) in strides.enumerated() {
      let columns = width / stride
      let cells = columns * (height / stride)
      let grid = outputs.dropFirst(4 * index).prefix(4).map(\.values)
      guard grid.map(\.count) == [cells, cells, 4 * cells, 10 * cells] else {
        throw .unexpectedOutput(
          reason: "YuNet gave \(grid.map(\.count)) values at stride \(stride) for an input of \(width) x \(height)")
      }
      for cell in 0..<cells {
        let score = (unit(grid[0][cell]) * unit(grid[1][cell])).squareRoot()
        guard score >= scoreThreshold else { continue }
        let place = Cell(column: cell % columns, row: cell / columns, stride: stride)
        faces.append(
          Face(
            box: place.box(grid[2][4 * cell..<4 * cell + 4]),
            landmarks: place.landmarks(grid[3][10 * cell..<10 * cell + 10]),
            score: score))
      }
    }
    return faces
  }

  private static func unit(_ value: Float) -> Double { Double(min(max(value, 0), 1)) }

  /// One cell of an output grid, whose top-left corner boxes and landmarks are measured from.
  private struct Cell {
    let column: Int
    let row: Int
    let stride: Int

    func box(_ values: ArraySlice<Float>) -> Box {
      let first = values.startIndex
      let centre = point(values[first], values[first + 1])
      let width = exp(Double(values[first + 2])) * Double(stride)
      let height = exp(Double(values[first + 3])) * Double(stride)
      return Box(x: centre.x - width / 2, y: centre.y - height / 2, width: width, height: height)
    }

    func landmarks(_ values: ArraySlice<Float>) -> [Point] {
      Swift.stride(from: values.startIndex, to: values.endIndex, by: 2).map { point(values[$0], values[$0 + 1]) }
    }

    private func point(_ x: Float, _ y: Float) -> Point {
      Point(x: (Double(column) + Double(x)) * Double(stride), y: (Double(row) + Double(y)) * Double(stride))
    }
  }
}
