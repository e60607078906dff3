internal import CTorch

/// An array of numbers in libtorch's memory, and what it remembers for gradients.
///
/// A tensor is shared, not copied; only the functions of `Tensor+InPlace.swift`, batch normalisation in training and
/// the optimiser change one. Not `Sendable`: a tensor stays on the thread that made it.
package final class Tensor {
  let handle: OpaquePointer
  private let libtorch: Libtorch

  /// Takes ownership of `handle`.
  private init(owning handle: OpaquePointer, _ libtorch: Libtorch) {
    self.handle = handle
    self.libtorch = libtorch
  }

  deinit { libtorch.functions.pointee.tensor_destroy(handle) }

  /// Calls a function that makes a tensor of `inputs`, which the message of an error describes.
  static func make(
    _ operation: String, of inputs: [Tensor] = [],
    _ body: (dft_functions, inout OpaquePointer?, inout dft_error) -> dft_status
  ) throws(TensorError) -> Tensor {
    guard let tensor = try makeOptional(operation, of: inputs, body) else {
      throw TensorError(.operationFailed, "\(operation): no tensor came back")
    }
    return tensor
  }

  /// As `make`, for a function that may have nothing to return.
  static func makeOptional(
    _ operation: String, of inputs: [Tensor] = [],
    _ body: (dft_functions, inout OpaquePointer?, inout dft_error) -> dft_status
  ) throws(TensorError) -> Tensor? {
    let libtorch = try Libtorch.load()
    var handle: OpaquePointer?
    try libtorch.check(describe(operation, inputs)) { functions, error in body(functions, &handle, &error) }
    return handle.map { Tensor(owning: $0, libtorch) }
  }

  /// The owner of a second tensor that a function has made; `nil` where libtorch is not there, which made none.
  static func adopting(_ handle: OpaquePointer) -> Tensor? {
    guard let libtorch = try? Libtorch.load() else { return nil }
    return Tensor(owning: handle, libtorch)
  }

  /// Calls a function that makes no tensor.
  static func perform(
    _ operation: String, on inputs: [Tensor], _ body: (dft_functions, inout dft_error) -> dft_status
  ) throws(TensorError) {
    try Libtorch.load().check(describe(operation, inputs), body)
  }

  private static func describe(_ operation: String, _ inputs: [Tensor]) -> String {
    inputs.isEmpty ? operation : "\(operation) of \(inputs.map(\.description).joined(separator: ", "))"
  }
}

extension Tensor: CustomStringConvertible {
  /// Element type and shape, such as `float32[2, 3]`.
  package var description: String {
    do {
      let (type, shape) = try typeAndShape()
      return "\(type)\(shape)"
    } catch {
      return "tensor that cannot be described (\(error.message))"
    }
  }

  /// Length of every axis.
  package var shape: [Int] { get throws(TensorError) { try typeAndShape().1 } }

  /// Element type.
  package var elementType: ElementType { get throws(TensorError) { try typeAndShape().0 } }

  private func typeAndShape() throws(TensorError) -> (ElementType, [Int]) {
    let capacity: Int32 = 8
    var code: Int32 = 0
    var dimensions: Int32 = 0
    var shape = [Int64](repeating: 0, count: Int(capacity))
    try libtorch.check("describe a tensor") { functions, error in
      functions.tensor_describe(handle, &code, &shape, capacity, &dimensions, &error)
    }
    guard let type = ElementType(rawValue: code), dimensions <= capacity else {
      throw TensorError(.operationFailed, "describe a tensor: \(dimensions) axes of element type \(code)")
    }
    return (type, shape.prefix(Int(dimensions)).map(Int.init))
  }
}

/// Element types that dfprep uses; the raw values are those of `CTorch.h`.
package enum ElementType: Int32, Sendable, CaseIterable, CustomStringConvertible {
  case uint8 = 0
  case int64 = 1
  case float32 = 2
  case float64 = 3

  package var description: String {
    switch self {
    case .uint8: "uint8"
    case .int64: "int64"
    case .float32: "float32"
    case .float64: "float64"
    }
  }

  /// Bytes of one element.
  package var byteCount: Int {
    switch self {
    case .uint8: 1
    case .float32: 4
    case .int64, .float64: 8
    }
  }
}

/// A Swift type whose memory is that of an ``ElementType``.
package protocol TensorElement: BitwiseCopyable {
  static var elementType: ElementType { get }
}

extension UInt8: TensorElement { package static var elementType: ElementType { .uint8 } }
extension Int64: TensorElement { package static var elementType: ElementType { .int64 } }
extension Float: TensorElement { package static var elementType: ElementType { .float32 } }
extension Double: TensorElement { package static var elementType: ElementType { .float64 } }
