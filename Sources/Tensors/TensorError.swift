/// A call into libtorch that failed, or could not be made.
package struct TensorError: Error, CustomStringConvertible, Sendable {
  /// What kind of failure: stable, kebab-case.
  package enum Code: String, Sendable {
    /// The shim or libtorch itself cannot be loaded.
    case libtorchUnavailable = "libtorch-unavailable"
    /// The device asked for is not there.
    case deviceUnavailable = "device-unavailable"
    /// libtorch refused the operands, or ran out of memory.
    case operationFailed = "operation-failed"
    /// The bytes given are not as many as the shape needs, or the element type asked for is not the tensor's.
    case unsuitableBytes = "unsuitable-bytes"
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code.rawValue): \(message)" }
}
