internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// A NumPy file of float32 features, read where it stands: nothing is copied, and no more of a large file is in memory
/// than is being looked at.
///
/// The file must not be shortened meanwhile.
package final class MappedFeatures: FeatureSource {
  /// Files up to here stay in memory once they are read; pages of larger ones are given back as soon as they are done.
  private static let residentBytes = 512 << 20

  package let rows: Int
  package let columns: Int
  private let path: String
  private let start: Int
  private let isReleased: Bool
  private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// - Throws: ``ToolError`` naming `path` when it cannot be opened or is no float32 matrix in C order.
  package init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ToolError(.failed, "cannot open \(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0 else { throw ToolError(.failed, "\(path) is empty") }
    let size = Int(status.st_size)
    let isLarge = size > Self.residentBytes
    let address = mmap(nil, size, PROT_READ, MAP_PRIVATE | (isLarge ? 0 : MAP_POPULATE), descriptor, 0)
    guard let address, address != MAP_FAILED else {
      throw ToolError(.failed, "cannot map \(path): \(String(cString: strerror(errno)))")
    }
    let mapped = UnsafeRawBufferPointer(start: address, count: size)
    do {
      let header = try NumPyFile.header(mapped, of: path)
      guard header.start % MemoryLayout<Float>.alignment == 0 else {
        throw ToolError(.failed, "\(path): its values do not begin at a multiple of 4 bytes; save it again by NumPy")
      }
      (rows, columns, start) = (header.rows, header.columns, header.start)
    } catch {
      munmap(address, size)
      throw error
    }
    (self.path, bytes, isReleased) = (path, mapped, isLarge)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  package func name(ofRow row: Int) -> String { "row \(row) of \(path)" }

  package func withValues<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: bytes[start...]).assumingMemoryBound(to: Float.self))
  }

  package func release(_ rows: Range<Int>) {
    guard isReleased, let address = bytes.baseAddress else { return }
    let rowBytes = columns * MemoryLayout<Float>.size
    let page = sysconf(Int32(_SC_PAGESIZE))
    let first = (start + rows.lowerBound * rowBytes) / page * page
    let last = start + rows.upperBound * rowBytes
    madvise(UnsafeMutableRawPointer(mutating: address) + first, last - first, MADV_DONTNEED)
  }
}
