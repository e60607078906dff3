private import COpenCVNetwork
package import Foundation
private import Synchronization

/// A frozen network read from an ONNX file, run by OpenCV on one thread.
///
/// Sendable: runs of one network wait for each other.
/// - Note: Deterministic: same file, same input, same bits, on one OpenCV version and instruction set.
package final class Network: Sendable {
  /// The file that was read.
  package let file: URL
  private let handle: Mutex<Handle>

  /// Reads an ONNX file.
  ///
  /// - Throws: ``NetworkError`` `cannot-load` when the file is absent, damaged or uses a layer that this OpenCV does
  ///   not know.
  package init(onnx file: URL) throws(NetworkError) {
    self.file = file
    handle = Mutex(try Handle(path: file.path(percentEncoded: false)))
  }

  /// Runs the network on float32 values.
  ///
  /// - Parameters:
  ///   - values: row-major, mostly `[batch, channels, height, width]`; range and colour order are the network's own
  ///     affair.
  ///   - shape: lengths of the input's axes.
  ///   - outputs: names of the wanted outputs.
  /// - Returns: one blob per name, in the order asked for.
  package func run(_ values: [Float], shape: [Int], outputs: [String]) throws(NetworkError) -> [Blob] {
    try run(values, element: dfcv_network_float32, shape: shape, outputs: outputs)
  }

  /// Runs the network on bytes, each widened to a float32 of the same value.
  package func run(_ values: [UInt8], shape: [Int], outputs: [String]) throws(NetworkError) -> [Blob] {
    try run(values, element: dfcv_network_uint8, shape: shape, outputs: outputs)
  }

  private func run<Element: BitwiseCopyable>(
    _ values: [Element], element: dfcv_network_element, shape: [Int], outputs: [String]
  ) throws(NetworkError) -> [Blob] {
    let subject = file.lastPathComponent
    let sides = shape.compactMap(Int32.init(exactly:))
    guard sides.count == shape.count, shape.allSatisfy({ $0 > 0 }), values.count == shape.reduce(1, *) else {
      throw NetworkError(code: .badInput, message: "\(subject): \(values.count) values for an input of shape \(shape)")
    }
    guard !outputs.isEmpty else { throw NetworkError(code: .badInput, message: "\(subject): no output was asked for") }
    return try handle.withLock { handle throws(NetworkError) in
      try handle.run(values, element: element, shape: sides, outputs: outputs, subject: subject)
    }
  }
}

/// Owner of the shim's network.
private struct Handle: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner of the network, which is reached under the mutex alone.
  let functions: dfcv_network_functions
  let network: OpaquePointer

  init(path: String) throws(NetworkError) {
    let functions = try NetworkLibraries.functions()
    var created: OpaquePointer?
    try NetworkLibraries.call(.cannotLoad, "cannot read the network \(path)") {
      functions.network_create(path, &created, $0)
    }
    guard let created else { throw NetworkError(code: .cannotLoad, message: "\(path): no network came back") }
    self.functions = functions
    network = created
  }

  deinit { functions.network_destroy(network) }

  func run<Element: BitwiseCopyable>(
    _ values: [Element], element: dfcv_network_element, shape: [Int32], outputs: [String], subject: String
  ) throws(NetworkError) -> [Blob] {
    try NetworkLibraries.call(.cannotRun, "cannot run \(subject) on an input of shape \(shape) for outputs \(outputs)")
    { error in
      withCStrings(outputs) { names in
        values.withUnsafeBytes { bytes in
          guard let input = bytes.baseAddress else { return dfcv_network_bad_argument }
          return functions.network_run(
            network, input, bytes.count, element, shape, shape.count, names, outputs.count, error)
        }
      }
    }
    var blobs: [Blob] = []
    for index in outputs.indices { blobs.append(try output(index, subject: "\(subject), output \(outputs[index])")) }
    return blobs
  }

  private func output(_ index: Int, subject: String) throws(NetworkError) -> Blob {
    var shape = [Int32](repeating: 0, count: 8)
    var rank = shape.count
    try NetworkLibraries.call(.cannotRun, subject) {
      functions.network_output_shape(network, index, &shape, &rank, $0)
    }
    let sides = shape.prefix(rank).map(Int.init)
    var values = [Float](repeating: 0, count: sides.reduce(1, *))
    try NetworkLibraries.call(.cannotRun, subject) {
      functions.network_output_copy(network, index, &values, values.count, $0)
    }
    return Blob(shape: sides, values: values)
  }
}

/// Calls `body` with pointers to the texts as C strings, which live as long as the call.
private func withCStrings<Result>(_ texts: [String], _ body: ([UnsafePointer<CChar>]) -> Result) -> Result {
  // One buffer holds all texts, each with its NUL; the pointers point into it.
  let bytes = texts.flatMap(\.utf8CString)
  return bytes.withUnsafeBufferPointer { buffer in
    var pointers: [UnsafePointer<CChar>] = []
    var next = buffer.baseAddress
    for text in texts {
      if let start = next { pointers.append(start) }
      next = next.map { $0 + text.utf8.count + 1 }
    }
    return body(pointers)
  }
}
