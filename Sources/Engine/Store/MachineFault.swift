private import Foundation
private import GRDB
private import Sharding

#if canImport(Glibc)
  private import Glibc
#endif

/// Faults of the machine: a full disk, a file system that is read-only, files that may not be written. Work they stop is
/// unfinished, not bad, and is done by the next run.
enum MachineFault {
  private static let fullDisk: Set<Int32> = [ENOSPC, EDQUOT, EFBIG]
  private static let refused: Set<Int32> = [EROFS, EACCES, EPERM]
  private static let others: Set<Int32> = [EIO, ESTALE, ENOMEM, EMFILE, ENFILE, ETIMEDOUT, ENXIO, ENODEV]

  /// Whether `errno` tells of such a fault.
  static func isOne(_ code: Int32) -> Bool {
    fullDisk.contains(code) || refused.contains(code) || others.contains(code)
  }

  /// What to do about it, to be put behind a message.
  static func advice(_ code: Int32) -> String {
    if fullDisk.contains(code) {
      return "; free some space (`dfprep clean RUN --dry-run` shows what can go), then run again"
    }
    if refused.contains(code) { return "; make it writable, then run again" }
    return others.contains(code) ? "; run again" : ""
  }

  /// The `errno` behind an error of Foundation, SQLite or of this program, where there is one.
  static func systemCode(of error: any Error) -> Int32? {
    if let error = error as? ShardingError { return error.systemCode }
    if let error = error as? DatabaseError {
      switch error.resultCode {
      case .SQLITE_FULL: return ENOSPC
      case .SQLITE_READONLY: return EROFS
      case .SQLITE_IOERR: return EIO
      default: return nil
      }
    }
    let error = error as NSError
    if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
    return (error.userInfo[NSUnderlyingErrorKey] as? any Error).flatMap(systemCode)
  }
}
