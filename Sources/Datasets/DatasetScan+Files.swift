internal import Records

extension DatasetScan {
  /// Looks at the size of every file among the sources and reports those of 0 bytes.
  ///
  /// Not part of a scan: it looks at every file singly, which a run does in any case when it reads them.
  package mutating func findEmptyFiles() {
    let paths = sources.filter { $0.member == nil }.map(\.path)
    let sizes = DatasetFolder(root).byteCounts(paths)
    fail(zip(paths, sizes).filter { $1 == 0 }.map(\.0), "0 bytes; copy it again. A run records it as failed")
    problems.sort { ($0.path, $0.message) < ($1.path, $1.message) }
  }
}
