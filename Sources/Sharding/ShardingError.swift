/// Why a tar, a shard or a folder of shards could not be written or read.
package struct ShardingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, in a form that never changes.
  package enum Code: String, Sendable {
    case badInput = "bad-input"
    case badIndex = "bad-index"
    case corruptTar = "corrupt-tar"
    case digestMismatch = "digest-mismatch"
    case duplicateKey = "duplicate-key"
    case fileSystem = "file-system"
    case notAShard = "not-a-shard"
    case truncatedTar = "truncated-tar"
    case unsortedKey = "unsorted-key"
  }

  package let code: Code
  /// File that the message is about.
  package let path: String
  /// Byte of the file where it went wrong, where that is known.
  package let offset: Int?
  package let message: String
  /// `errno` of the system call that failed, where one did.
  package let systemCode: Int32?

  init(_ code: Code, path: String, offset: Int? = nil, systemCode: Int32? = nil, _ message: String) {
    self.code = code
    self.path = path
    self.offset = offset
    self.systemCode = systemCode
    self.message = message
  }

  package var description: String {
    "\(code.rawValue): \(path)\(offset.map { ", byte \($0)" } ?? ""): \(message)"
  }
}
