import Foundation
import Networks
import Synchronization

/// One ONNX file as many networks, each for inputs of one shape.
///
/// OpenCV 4.6 allots a network anew whenever its input's shape changes, and gives wrong numbers for CenterFace from then
/// on; a network that only ever sees one shape is right, and quicker.
final class ShapedNetworks: Sendable {
  private let file: URL
  private let outputs: [String]
  /// Networks that are held at once; when another shape comes, all are given up.
  private let capacity: Int
  private let networks: Mutex<[[Int]: Network]>

  /// Reads the file once, so that a damaged one is known early.
  init(onnx file: URL, outputs: [String], capacity: Int) throws(NetworkError) {
    self.file = file
    self.outputs = outputs
    self.capacity = capacity
    networks = Mutex([:])
    _ = try Network(onnx: file)
  }

  /// Blobs in the order of the outputs, whose values per item of the batch are `counts`.
  ///
  /// - Parameter shape: lengths of the input's axes, the batch first.
  func run(_ values: [Float], shape: [Int], counts: [Int]) throws -> [[Float]] {
    let network = try networks.withLock { networks throws(NetworkError) in
      if let network = networks[shape] { return network }
      if networks.count >= capacity { networks.removeAll() }
      let network = try Network(onnx: file)
      networks[shape] = network
      return network
    }
    let blobs = try network.run(values, shape: shape, outputs: outputs).map(\.values)
    guard blobs.map(\.count) == counts.map({ $0 * shape[0] }) else {
      throw FacesError.unexpectedOutput(
        reason: "\(file.lastPathComponent) gave \(blobs.map(\.count)) values for an input of shape \(shape)")
    }
    return blobs
  }
}
