internal import Imaging
internal import Records

extension PixelRectangle {
  /// Where a cut takes its pixels from, perhaps beyond the frame; `nil` where there are none, or absurdly many.
  ///
  /// - Parameters:
  ///   - width: of the frame, pixels; so `height`.
  init?(_ cut: CropCut, box: Box, width: Int, height: Int) {
    let limit = 4 * Double(max(width, height))
    let edges = [box.x, box.y, box.x + box.width, box.y + box.height]
    guard box.width > 0, box.height > 0, edges.allSatisfy({ abs($0) <= limit }),
      max(box.width, box.height) * cut.margin <= limit
    else { return nil }
    switch cut.geometry {
    case .frame: self.init(x: 0, y: 0, width: width, height: height)
    case .square, .similarity:
      let side = (cut.margin * max(box.width, box.height)).rounded()
      self.init(
        x: Int((box.centre.x - side / 2).rounded()), y: Int((box.centre.y - side / 2).rounded()), width: Int(side),
        height: Int(side))
    case .box, .squaredBox:
      let (x, y) = (Int(edges[0]), Int(edges[1]))
      let (across, down) = (Int(edges[2]) - x, Int(edges[3]) - y)
      // An exact share of whole pixels must not fall below itself in floating point.
      func widening(_ side: Int, to longer: Int) -> Int {
        max(0, Int((Double(longer) * cut.margin - Double(side)) / 2 + 1e-9))
      }
      let isSquared = cut.geometry == .squaredBox
      let columns = widening(across, to: isSquared ? max(across, down) : across)
      let rows = widening(down, to: isSquared ? max(across, down) : down)
      self.init(
        x: x - columns, y: y - rows, width: across + 2 * columns, height: down + 2 * rows, within: (width, height))
    case .coveringBox:
      let (across, down) = (box.width * (cut.margin - 1) / 2, box.height * (cut.margin - 1) / 2)
      let (x, y) = (Int(edges[0] - across), Int(edges[1] - down))
      self.init(
        x: x, y: y, width: Int(edges[2] + across) + 1 - x, height: Int(edges[3] + down) + 1 - y,
        within: (width, height))
    case .squareInFrame:
      let corners = edges.map { Int($0) }
      let side = Int(Double(max(corners[2] - corners[0], corners[3] - corners[1])) * cut.margin)
      func start(_ low: Int, _ high: Int) -> Int {
        max(Int((Double(low + high) / 2).rounded(.down)) - side / 2, 0)
      }
      let (x, y) = (start(corners[0], corners[2]), start(corners[1], corners[3]))
      let fitting = min(side, width - x, height - y)
      self.init(x: x, y: y, width: fitting, height: fitting)
    }
    guard self.width >= 1, self.height >= 1 else { return nil }
  }

  /// The part of a rectangle inside a frame, perhaps of no pixels.
  private init(x: Int, y: Int, width: Int, height: Int, within frame: (width: Int, height: Int)) {
    let (left, top) = (max(x, 0), max(y, 0))
    self.init(x: left, y: top, width: min(x + width, frame.width) - left, height: min(y + height, frame.height) - top)
  }
}
