internal import CTorch
private import NativeLibraries

/// libtorch, loaded when first used.
///
/// Loading switches libtorch to its deterministic algorithms and to one operator at a time. What follows then depends
/// on the library, the instruction set and the number of threads inside an operator, and on nothing else: no function
/// of this module draws from libtorch's global generator.
package struct Libtorch: @unchecked Sendable {
  // Sendable: the table is constant and its functions may be called from any thread.
  let functions: UnsafePointer<dft_functions>

  private static let loaded = Result<Libtorch, TensorError> { () throws(TensorError) in
    let functions: UnsafePointer<dft_functions>
    do {
      functions = try NativeLibrary(named: "TorchShim").table("dft_table", as: dft_functions.self)
    } catch {
      throw TensorError(.libtorchUnavailable, "\(error)")
    }
    let libtorch = Libtorch(functions: functions)
    try libtorch.check("start") { functions, error in functions.set_interoperator_threads(1, &error) }
    try libtorch.check("start") { functions, error in functions.set_deterministic(1, &error) }
    return libtorch
  }

  /// The one loaded library.
  static func load() throws(TensorError) -> Libtorch { try loaded.get() }

  /// The version of libtorch that the shim was compiled for, such as `1.13.0`.
  package static var version: String {
    get throws(TensorError) { String(cString: try load().functions.pointee.version()) }
  }

  /// Runs `body` with operators that use `count` threads, then restores the count there was before.
  ///
  /// Threads are a property of the calling thread, so `body` must not hand tensors to another one.
  package static func withThreads<Value>(_ count: Int, _ body: () throws -> Value) throws -> Value {
    let libtorch = try load()
    var before: Int32 = 0
    try libtorch.check("read the thread count") { functions, error in functions.threads(&before, &error) }
    try libtorch.setThreads(Int32(clamping: max(1, count)))
    let result = Result { try body() }
    try libtorch.setThreads(before)
    return try result.get()
  }

  /// Runs `body` without recording what gradients would need.
  package static func withoutGradients<Value>(_ body: () throws -> Value) throws -> Value {
    let libtorch = try load()
    let before = try libtorch.setRecordsGradients(0)
    let result = Result { try body() }
    _ = try libtorch.setRecordsGradients(before)
    return try result.get()
  }

  private func setThreads(_ count: Int32) throws(TensorError) {
    try check("set the thread count") { functions, error in functions.set_threads(count, &error) }
  }

  private func setRecordsGradients(_ enabled: Int32) throws(TensorError) -> Int32 {
    var previous: Int32 = 0
    try check("switch gradients") { functions, error in functions.set_records_gradients(enabled, &previous, &error) }
    return previous
  }

  /// Calls one function of the table and turns its status into an error.
  func check(
    _ operation: @autoclosure () -> String, _ body: (dft_functions, inout dft_error) -> dft_status
  ) throws(TensorError) {
    var error = dft_error()
    guard body(functions.pointee, &error) != dft_status(dft_ok) else { return }
    let message = withUnsafeBytes(of: &error.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    throw TensorError(.operationFailed, "\(operation()): \(message)")
  }
}
