private import COpenBLAS
private import NativeLibraries

/// Products of row-major matrices by OpenBLAS, each on the calling thread.
///
/// OpenBLAS divides a product differently for different numbers of threads, which changes the order of its sums. It is
/// therefore kept to one; parallelism comes from calling it for several blocks at once.
enum BLAS {
  /// Loaded when first used: OpenBLAS starts threads, and they spin for a while, in every process that loads it.
  private static let loaded: Result<dfblas_functions, ClusteringError> = Result { () throws(ClusteringError) in
    let table: dfblas_functions
    do {
      table = try NativeLibrary(named: "OpenBLASShim").table("dfblas_table", as: dfblas_functions.self).pointee
    } catch {
      throw ClusteringError(code: .libraryMissing, message: "\(error)")
    }
    guard table.layout == dfblas_layout else {
      throw ClusteringError(
        code: .libraryMissing,
        message: "libOpenBLASShim.so has layout \(table.layout), not \(dfblas_layout): `make build` builds it anew")
    }
    table.set_threads(1)
    return table
  }

  /// - Throws: when OpenBLAS cannot be loaded. Every entry of this module that multiplies matrices asks first.
  static func require() throws(ClusteringError) { _ = try loaded.get() }

  private static var functions: dfblas_functions {
    guard case .success(let functions) = loaded else { preconditionFailure("BLAS.require() was not asked") }
    return functions
  }

  /// `result = scale * left * right^T`: `left` is [rows, inner], `right` is [columns, inner], `result` is [rows,
  /// columns], its rows `stride` apart (`columns` if `nil`).
  static func multiplyTransposed(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, rows: Int, columns: Int, inner: Int, scale: Float,
    into result: UnsafeMutablePointer<Float>, stride: Int? = nil
  ) {
    functions.multiply_transposed(
      left, right, Int32(rows), Int32(columns), Int32(inner), scale, result, Int32(stride ?? columns))
  }

  /// `result += matrix^T * matrix`, the part in `columns` of it: `matrix` is [rows, width], `result` is [width, width].
  static func addSquare(
    of matrix: UnsafePointer<Double>, rows: Int, width: Int, columns: Range<Int>,
    to result: UnsafeMutablePointer<Double>
  ) {
    functions.add_transposed(
      matrix, matrix + columns.lowerBound, Int32(rows), Int32(width), Int32(columns.count), Int32(width),
      result + columns.lowerBound)
  }

  /// Eigenvalues, ascending, and eigenvectors, one a row, of a symmetric matrix of `size` rows; `nil` when LAPACK does
  /// not converge.
  static func symmetricEigenvectors(_ matrix: [Double], size: Int) -> (values: [Double], vectors: [Double])? {
    var vectors = matrix
    var values = [Double](repeating: 0, count: size)
    let status = functions.symmetric_eigenvectors(&vectors, Int32(size), &values)
    return status == 0 ? (values, vectors) : nil
  }
}
