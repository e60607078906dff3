/// Features to be read where they are: row-major float32 `[rows, columns]`, in memory or mapped from a file.
package protocol FeatureSource: Sendable {
  var rows: Int { get }
  var columns: Int { get }

  /// What a message calls a row.
  func name(ofRow row: Int) -> String

  /// Calls `body` with all values, row after row.
  func withValues<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result

  /// Lets pages of a file that hold these rows leave memory; they come back when they are read again.
  ///
  /// May be called on several threads, also while a neighbouring row is read.
  func release(_ rows: Range<Int>)
}

extension FeatureMatrix: FeatureSource {
  package func name(ofRow row: Int) -> String { keys[row] }

  package func withValues<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try values.withUnsafeBufferPointer(body)
  }

  /// Does nothing: these rows are in no file.
  package func release(_ rows: Range<Int>) {}
}
