private import CBLAS
private import Synchronization

/// Products of row-major matrices by OpenBLAS, each on the calling thread.
///
/// OpenBLAS divides a product differently for different numbers of threads, which changes the order of its sums. Every
/// call must therefore stand inside ``withOneThread(_:)``; parallelism comes from calling it for several blocks at
/// once.
enum BLAS {
  private struct ThreadSetting {
    var users = 0
    var before: Int32 = 1
  }

  private static let setting = Mutex(ThreadSetting())

  /// Runs `body` with OpenBLAS kept to the calling thread, and then gives the process its former setting back.
  static func withOneThread<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    setting.withLock {
      if $0.users == 0 { $0.before = openblas_get_num_threads() }
      $0.users += 1
      openblas_set_num_threads(1)
    }
    defer {
      setting.withLock {
        $0.users -= 1
        if $0.users == 0 { openblas_set_num_threads($0.before) }
      }
    }
    return try body()
  }

  /// `result = scale * left * right^T`: `left` is [rows, inner], `right` is [columns, inner], `result` is [rows,
  /// columns], its rows `stride` apart (`columns` if `nil`).
  static func multiplyTransposed(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, rows: Int, columns: Int, inner: Int, scale: Float,
    into result: UnsafeMutablePointer<Float>, stride: Int? = nil
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(inner), scale, left,
      blasint(inner), right, blasint(inner), 0, result, blasint(stride ?? columns))
  }

  /// `result += matrix^T * matrix`, the part in `columns` of it: `matrix` is [rows, width], `result` is [width, width].
  static func addSquare(
    of matrix: UnsafePointer<Double>, rows: Int, width: Int, columns: Range<Int>,
    to result: UnsafeMutablePointer<Double>
  ) {
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(width), blasint(columns.count), blasint(rows), 1, matrix,
      blasint(width), matrix + columns.lowerBound, blasint(width), 1, result + columns.lowerBound, blasint(width))
  }

  /// Eigenvalues, ascending, and eigenvectors, one a row, of a symmetric matrix of `size` rows; `nil` when LAPACK does
  /// not converge.
  static func symmetricEigenvectors(_ matrix: [Double], size: Int) -> (values: [Double], vectors: [Double])? {
    var vectors = matrix
    var values = [Double](repeating: 0, count: size)
    let order = blasint(size)
    var status: blasint = 0
    var workSize = blasint(1 + 6 * size + 2 * size * size)
    var integerWorkSize = blasint(3 + 5 * size)
    var work = [Double](repeating: 0, count: Int(workSize))
    var integerWork = [blasint](repeating: 0, count: Int(integerWorkSize))
    withUnsafePointer(to: order) { order in
      // V: vectors too. L: the lower triangle, which is the upper one of a row-major matrix; this one is symmetric.
      dsyevd_(
        "V", "L", order, &vectors, order, &values, &work, &workSize, &integerWork, &integerWorkSize, &status, 1, 1)
    }
    return status == 0 ? (values, vectors) : nil
  }
}
