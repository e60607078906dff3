package import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// Files that have their final name only when they are whole and on the disk.
package enum AtomicFile {
  /// A name beside `final` that no other file has, starting with `.partial-`.
  package static func temporary(for final: URL) -> URL {
    final.deletingLastPathComponent().appending(path: ".partial-\(final.lastPathComponent)-\(UUID().uuidString)")
  }

  /// Writes a file beside `final`, makes it durable, and renames it.
  package static func write(_ data: Data, to final: URL) throws {
    let temporary = temporary(for: final)
    do {
      let file = try OpenFile(creating: temporary)
      try file.append([UInt8](data))
      try file.synchronise()
      try commit(temporary: temporary, to: final)
    } catch {
      unlink(temporary.path(percentEncoded: false))
      throw error
    }
  }

  /// Gives a finished, durable file its final name, in place of one that is there, and makes the name durable.
  package static func commit(temporary: URL, to final: URL) throws {
    guard rename(temporary.path(percentEncoded: false), final.path(percentEncoded: false)) == 0 else {
      throw OpenFile.failure(
        "cannot be renamed to \(final.lastPathComponent)", temporary.path(percentEncoded: false))
    }
    try OpenFile(reading: final.deletingLastPathComponent()).synchronise()
  }
}
