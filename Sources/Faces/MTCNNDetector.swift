import Foundation
package import Imaging
package import Records

/// MTCNN as facenet-pytorch runs it: three small networks, each looking closer at what the one before proposed. Gives
/// boxes, five landmarks and scores.
///
/// A picture of the same size gives facenet-pytorch's boxes and scores (`MTCNN(keep_all=True)`, thresholds 0.6, 0.7 and
/// the detector's own, factor 0.709, faces from 20 pixels). The weights are the same numbers in another format.
package struct MTCNNDetector: FaceDetector {
  static let modelFiles = ["mtcnn-pnet.onnx", "mtcnn-rnet.onnx", "mtcnn-onet.onnx"]

  private let proposal: ShapedNetworks
  private let refinement: ShapedNetworks
  private let output: ShapedNetworks
  private let options: DetectorOptions

  /// - Parameter models: ``modelFiles``.
  init(models: [URL], options: DetectorOptions) throws {
    proposal = try ShapedNetworks(onnx: models[0], outputs: ["conv2d_4", "softmax"], capacity: 48)
    refinement = try ShapedNetworks(onnx: models[1], outputs: ["dense_2", "softmax_1"], capacity: 6)
    output = try ShapedNetworks(onnx: models[2], outputs: ["dense_5", "dense_6", "softmax_2"], capacity: 6)
    self.options = options
  }

  package func detect(_ picture: any Picture) throws -> [Face] {
    let reduced = try ReducedImage(picture, scale: options.scale)
    let areas = SummedAreas(reduced.image)
    let windows = try refine(try propose(areas, leastFace: options.leastSide(in: reduced)), areas)
    return options.finish(try faces(in: windows, areas), of: reduced)
  }

  /// Squares that may hold a face.
  private func propose(_ areas: SummedAreas, leastFace: Double) throws -> [MTCNN.Window] {
    var windows: [MTCNN.Window] = []
    for scale in MTCNN.scales(width: areas.width, height: areas.height, leastFace: leastFace) {
      let width = Int(Double(areas.width) * scale + 1)
      let height = Int(Double(areas.height) * scale + 1)
      var input: [Float] = []
      input.reserveCapacity(3 * width * height)
      areas.appendMeans(x: 0..<areas.width, y: 0..<areas.height, columns: width, rows: height, to: &input)
      let (columns, rows) = ((width - 1) / 2 - 4, (height - 1) / 2 - 4)
      let blobs = try proposal.run(
        input, shape: [1, width, height, 3], counts: [4 * columns * rows, 2 * columns * rows])
      let found = MTCNN.windows(scores: blobs[1], offsets: blobs[0], columns: columns, rows: rows, scale: scale)
      windows += MTCNN.suppress(found, maximumOverlap: 0.5)
    }
    return MTCNN.suppress(windows, maximumOverlap: 0.7).map { $0.moved(sidesWider: 0).squared() }
  }

  /// The better half of the squares, moved to where the face is.
  private func refine(_ windows: [MTCNN.Window], _ areas: SummedAreas) throws -> [MTCNN.Window] {
    var found: [MTCNN.Window] = []
    for (windows, blobs) in try look(at: windows, areas, with: refinement, side: 24, counts: [4, 2]) {
      for (index, window) in windows.enumerated() where blobs[1][2 * index + 1] > MTCNN.refinementScore {
        found.append(
          MTCNN.Window(
            corners: window.corners, score: blobs[1][2 * index + 1], offsets: MTCNN.four(blobs[0], at: index)))
      }
    }
    return MTCNN.suppress(found, maximumOverlap: 0.7).map { $0.moved(sidesWider: 1).squared() }
  }

  private func faces(in windows: [MTCNN.Window], _ areas: SummedAreas) throws -> [Face] {
    var found: [(window: MTCNN.Window, landmarks: [Point])] = []
    for (windows, blobs) in try look(at: windows, areas, with: output, side: 48, counts: [4, 10, 2]) {
      for (index, window) in windows.enumerated() where Double(blobs[2][2 * index + 1]) >= options.scoreThreshold {
        let scored = MTCNN.Window(
          corners: window.corners, score: blobs[2][2 * index + 1], offsets: MTCNN.four(blobs[0], at: index))
        let box = window.box(wider: 1)
        let landmarks = (0..<5).map { point in
          Point(
            x: box.width * Double(blobs[1][10 * index + point]) + box.x - 1,
            y: box.height * Double(blobs[1][10 * index + 5 + point]) + box.y - 1)
        }
        found.append((scored.moved(sidesWider: 1), landmarks))
      }
    }
    let ranked = found.enumerated()
      .sorted { ($1.element.window.score, $0.offset) < ($0.element.window.score, $1.offset) }.map(\.element)
    let boxes = ranked.map { $0.window.box(wider: 1) }
    return uncovered(boxes, maximumOverlap: 0.7) { $0.share(of: $1) }.map { index in
      Face(
        box: ranked[index].window.box, landmarks: ranked[index].landmarks, score: Double(ranked[index].window.score))
    }
  }

  /// Runs a network on the pixels of windows; those outside the picture are left out.
  private func look(
    at windows: [MTCNN.Window], _ areas: SummedAreas, with network: ShapedNetworks, side: Int, counts: [Int]
  ) throws -> [(windows: ArraySlice<MTCNN.Window>, blobs: [[Float]])] {
    let seen = windows.filter { $0.pixels(width: areas.width, height: areas.height) != nil }
    var results: [(windows: ArraySlice<MTCNN.Window>, blobs: [[Float]])] = []
    var first = 0
    for size in MTCNN.batches(seen.count) {
      let batch = seen[first..<first + size]
      var input: [Float] = []
      input.reserveCapacity(3 * side * side * size)
      for window in batch {
        guard let part = window.pixels(width: areas.width, height: areas.height) else { continue }
        areas.appendMeans(x: part.x, y: part.y, columns: side, rows: side, to: &input)
      }
      results.append((batch, try network.run(input, shape: [size, side, side, 3], counts: counts)))
      first += size
    }
    return results
  }
}
