internal import COpenCVNetwork
private import NativeLibraries

/// The native libraries that run networks: oneDNN, and OpenCV's `dnn` and `objdetect`, behind this project's shims.
package enum NetworkLibraries {
  /// What runs a network.
  package enum Runner: String, Sendable, CaseIterable {
    case oneDNN = "onednn"
    case openCV = "opencv"
  }

  /// Names and versions of the libraries, for `doctor` and the record of a run; each is loaded for it.
  package static func versions(of runners: [Runner] = Runner.allCases) throws(NetworkError) -> [String: String] {
    var versions: [String: String] = [:]
    for runner in runners {
      versions[runner.rawValue] =
        switch runner {
        case .oneDNN: try OneDNN.version()
        case .openCV: String(cString: try functions().opencv_version())
        }
    }
    return versions
  }

  /// The shim's table of functions; the library is loaded by the first call.
  static func functions() throws(NetworkError) -> dfcv_network_functions {
    try loaded.get()
  }

  /// Calls one function of the table; a status other than ok becomes an error that begins with `subject`.
  static func call(
    _ code: NetworkError.Code, _ subject: @autoclosure () -> String,
    _ body: (UnsafeMutablePointer<dfcv_network_error>) -> dfcv_network_status
  ) throws(NetworkError) {
    var error = dfcv_network_error()
    let status = body(&error)
    guard status != dfcv_network_ok else { return }
    let message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let kind = status == dfcv_network_bad_argument ? .badInput : code
    throw NetworkError(code: kind, message: "\(subject()): \(message)")
  }

  private static let loaded: Result<dfcv_network_functions, NetworkError> = Result { () throws(NetworkError) in
    let table: dfcv_network_functions
    do {
      let library = try NativeLibrary(named: "OpenCVNetworkShim")
      table = try library.table("dfcv_network_table", as: dfcv_network_functions.self).pointee
    } catch {
      throw NetworkError(code: .libraryMissing, message: "\(error)")
    }
    guard table.layout == dfcv_network_layout else {
      throw NetworkError(
        code: .libraryMismatch,
        message:
          "libOpenCVNetworkShim.so has layout \(table.layout), not \(dfcv_network_layout): `make build` builds it anew")
    }
    return table
  }
}
