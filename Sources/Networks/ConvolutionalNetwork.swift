private import COneDNN
package import Foundation
private import Synchronization

/// A small convolutional network read from an ONNX file, run by oneDNN on the calling thread.
///
/// Sendable: runs of one network wait for each other.
/// - Note: Deterministic: same file, same input, same bits, on one oneDNN version and instruction set.
package final class ConvolutionalNetwork: Sendable {
  /// The file that was read.
  package let file: URL
  /// Output names in the order of the file.
  package let outputs: [String]
  private let graph: ConvolutionalGraph
  private let handle: Mutex<Handle>

  /// Reads an ONNX file.
  ///
  /// - Throws: ``NetworkError`` `cannot-load` when the file is absent, damaged or holds a layer that is none of a
  ///   ``ConvolutionalGraph``.
  package init(onnx file: URL) throws(NetworkError) {
    self.file = file
    let path = file.path(percentEncoded: false)
    let bytes: [UInt8]
    do { bytes = [UInt8](try Data(contentsOf: file)) } catch {
      throw NetworkError(code: .cannotLoad, message: "cannot read the network \(path): \(error.localizedDescription)")
    }
    do throws(NetworkError) {
      let model = try ONNXModel(bytes)
      graph = try ConvolutionalGraph(model)
      outputs = model.outputs
      handle = Mutex(try Handle(graph, outputs: outputs))
    } catch { throw NetworkError(code: error.code, message: "\(path): \(error.message)") }
  }

  /// Runs the network on bytes, each widened to a float32 of the same value.
  ///
  /// - Parameter planes: `[channels, height, width]`.
  /// - Returns: a blob per output, `[height * width of its layer, channels]`, in the order of ``outputs``.
  /// - Throws: ``NetworkError`` `bad-network-input` where a side is not a multiple of what the network reduces by.
  package func run(_ planes: [UInt8], width: Int, height: Int) throws(NetworkError) -> [Blob] {
    let reduction = graph.layers.map(\.reduction).max() ?? 1
    guard width > 0, height > 0, width.isMultiple(of: reduction), height.isMultiple(of: reduction),
      width <= 1 << 14, height <= 1 << 14, planes.count == graph.inputChannels * width * height
    else {
      throw NetworkError(
        code: .badInput,
        message:
          "\(file.lastPathComponent): \(planes.count) bytes for \(graph.inputChannels) planes of \(width) x \(height), "
          + "sides in multiples of \(reduction)")
    }
    var blobs: [Blob] = []
    let shapes = outputs.map { name in
      let layer = graph.layers[graph.outputs[name]?.layer ?? 0]
      return (cells: width / layer.reduction * (height / layer.reduction), channels: layer.channels)
    }
    let values = try handle.withLock { handle throws(NetworkError) in
      try handle.run(planes, width: width, height: height, counts: shapes.map { $0.cells * $0.channels })
    }
    for (index, name) in outputs.enumerated() {
      let raw = graph.outputs[name]?.hasSigmoid == true ? values[index].map { 1 / (1 + exp(-$0)) } : values[index]
      blobs.append(Blob(shape: [shapes[index].cells, shapes[index].channels], values: raw))
    }
    return blobs
  }
}

/// Owner of the shim's network.
private struct Handle: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner of the network, which is reached under the mutex alone.
  let functions: dfdnn_functions
  let network: OpaquePointer

  init(_ graph: ConvolutionalGraph, outputs: [String]) throws(NetworkError) {
    let functions = try OneDNN.functions()
    // One buffer holds all numbers while the layers that point into it are copied.
    let numbers = graph.layers.flatMap { $0.weights + $0.bias }
    var created: OpaquePointer?
    let indices = outputs.map { Int32(graph.outputs[$0]?.layer ?? -1) }
    try OneDNN.call(.cannotLoad) { error in
      numbers.withUnsafeBufferPointer { numbers in
        var offset = 0
        func take(_ count: Int) -> UnsafePointer<Float>? {
          defer { offset += count }
          return count == 0 ? nil : numbers.baseAddress.map { $0 + offset }
        }
        let layers = graph.layers.map { layer in
          dfdnn_layer(
            kind: layer.kind.number, input: Int32(layer.input), other: Int32(layer.other),
            channels: Int32(layer.channels), side: Int32(layer.side), stride: Int32(layer.stride),
            has_relu: layer.hasReLU ? 1 : 0, weights: take(layer.weights.count), weight_count: layer.weights.count,
            bias: take(layer.bias.count), bias_count: layer.bias.count)
        }
        return functions.network_create(
          layers, layers.count, Int32(graph.inputChannels), indices, indices.count, &created, error)
      }
    }
    guard let created else { throw NetworkError(code: .cannotLoad, message: "no network came back") }
    self.functions = functions
    network = created
  }

  deinit { functions.network_destroy(network) }

  func run(_ planes: [UInt8], width: Int, height: Int, counts: [Int]) throws(NetworkError) -> [[Float]] {
    // One buffer takes all outputs.
    var values = [Float](repeating: 0, count: counts.reduce(0, +))
    try OneDNN.call(.cannotRun) { error in
      values.withUnsafeMutableBufferPointer { values in
        guard let start = values.baseAddress else { return dfdnn_bad_argument }
        var offset = 0
        let places = counts.map { count in
          defer { offset += count }
          return start + offset
        }
        return functions.network_run(
          network, planes, planes.count, Int32(height), Int32(width), places, counts, counts.count, error)
      }
    }
    var offset = 0
    return counts.map { count in
      defer { offset += count }
      return Array(values[offset..<offset + count])
    }
  }
}

extension ConvolutionalGraph.Kind {
  fileprivate var number: dfdnn_kind {
    switch self {
    case .convolution: dfdnn_convolution
    case .depthwise: dfdnn_depthwise
    case .maxPool: dfdnn_max_pool
    case .addDoubled: dfdnn_add_doubled
    }
  }
}
