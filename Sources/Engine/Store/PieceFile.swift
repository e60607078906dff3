internal import Foundation
internal import Records
private import Sharding

#if canImport(Glibc)
  private import Glibc
#endif

/// A file that is written piece by piece: it has its name when it is whole and on the disk, and nobody holds all of it.
final class PieceFile {
  private static let bufferBytes = 1 << 18

  private let temporary: URL
  private let descriptor: Int32
  private var waiting = Data()
  private var stream = DigestStream()
  private var isCommitted = false

  /// Makes an empty file beside `final`.
  init(beside final: URL) throws {
    temporary = AtomicFile.temporary(for: final)
    let path = temporary.path(percentEncoded: false)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.failure("cannot make", path) }
    waiting.reserveCapacity(Self.bufferBytes)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isCommitted { unlink(temporary.path(percentEncoded: false)) }
  }

  func append(_ data: Data) throws {
    waiting += data
    if waiting.count >= Self.bufferBytes { try flush() }
  }

  /// Makes the file durable and gives it the name that `name` makes of its digest.
  ///
  /// - Returns: the digest.
  @discardableResult
  func commit(as name: (Digest) -> URL) throws -> Digest {
    try flush()
    guard fsync(descriptor) == 0 else {
      throw FileSystem.failure("cannot make durable", temporary.path(percentEncoded: false))
    }
    let digest = stream.finish()
    try AtomicFile.commit(temporary: temporary, to: name(digest))
    isCommitted = true
    return digest
  }

  private func flush() throws {
    stream.update(waiting)
    var done = 0
    while done < waiting.count {
      let count = waiting.withUnsafeBytes { all in
        write(descriptor, all.baseAddress.map { $0 + done }, all.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystem.failure("cannot write", temporary.path(percentEncoded: false))
      }
      done += count
    }
    waiting.removeAll(keepingCapacity: true)
  }
}

/// Puts out what `CanonicalJSON.data` makes of something that holds a long list of families, family by family: the encoder's
/// own tree of all of them takes many times the memory of the text.
enum FamilyJSON {
  /// - Parameters:
  ///   - frame: the JSON of the whole with an empty list of families, the first empty list of that name.
  static func pieces(_ frame: Data, _ families: [Family], to body: (Data) throws -> Void) throws {
    guard let gap = frame.range(of: Data(#""families":[]"#.utf8)) else {
      throw InternalFault("no place for families in \(frame.count) bytes of JSON")
    }
    try body(frame[..<(gap.upperBound - 1)])
    for (index, family) in families.enumerated() {
      try body((index > 0 ? Data(",".utf8) : Data()) + CanonicalJSON.data(family))
    }
    try body(frame[(gap.upperBound - 1)...])
  }
}

extension TableInputs.Description {
  /// What `CanonicalJSON.data` makes of it, in pieces.
  func canonicalJSON(to body: (Data) throws -> Void) throws {
    var rest = self
    rest.families = []
    try FamilyJSON.pieces(CanonicalJSON.data(rest), families, to: body)
  }
}

extension WorkerTask {
  /// Writes the task for its worker.
  func write(to url: URL) throws {
    var rest = self
    let families: [Family]
    switch work {
    case .unit(var work):
      families = work.families
      work.families = []
      rest.work = .unit(work)
    case .sampleUnit(var work):
      families = work.inputs.families
      work.inputs.families = []
      rest.work = .sampleUnit(work)
    case .table(var work):
      families = work.inputs.families
      work.inputs.families = []
      rest.work = .table(work)
    }
    let file = try PieceFile(beside: url)
    try FamilyJSON.pieces(CanonicalJSON.data(rest), families, to: file.append)
    try file.commit { _ in url }
  }
}
