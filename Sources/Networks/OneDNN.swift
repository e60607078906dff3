internal import COneDNN
private import NativeLibraries

/// oneDNN behind this project's shim.
enum OneDNN {
  /// The shim's table of functions; the library is loaded by the first call.
  static func functions() throws(NetworkError) -> dfdnn_functions { try loaded.get() }

  /// oneDNN's version.
  static func version() throws(NetworkError) -> String { String(cString: try functions().version()) }

  /// Calls one function of the table; a status other than ok becomes an error.
  static func call(
    _ code: NetworkError.Code, _ body: (UnsafeMutablePointer<dfdnn_error>) -> dfdnn_status
  ) throws(NetworkError) {
    var error = dfdnn_error()
    let status = body(&error)
    guard status != dfdnn_ok else { return }
    let message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    throw NetworkError(code: status == dfdnn_bad_argument ? .badInput : code, message: message)
  }

  private static let loaded: Result<dfdnn_functions, NetworkError> = Result { () throws(NetworkError) in
    let table: dfdnn_functions
    do {
      table = try NativeLibrary(named: "OneDNNShim").table("dfdnn_table", as: dfdnn_functions.self).pointee
    } catch {
      throw NetworkError(code: .libraryMissing, message: "\(error)")
    }
    guard table.layout == dfdnn_layout else {
      throw NetworkError(
        code: .libraryMismatch,
        message: "libOneDNNShim.so has layout \(table.layout), not \(dfdnn_layout): `make build` builds it anew")
    }
    return table
  }
}
