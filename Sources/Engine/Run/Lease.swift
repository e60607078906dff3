package import Foundation
private import Synchronization

#if canImport(Glibc)
  private import Glibc
#endif

/// `run.lease`: who may write a run's folder.
package struct LeaseRecord: Codable, Hashable, Sendable {
  package var holder: ProcessIdentity
  /// Raised by every holder: what one with a lower number still writes is late, and is refused.
  package var epoch: Int
  package var since: Date
  package var isReleased: Bool
}

/// The exclusive right to write a run's folder.
///
/// The record names the holder; its time of modification is the holder's heartbeat. A holder of this machine holds until its
/// process has ended; one of another until its heart has not beaten for ``silenceSeconds``, by the clock of the file
/// server. `run.lock` is locked (flock) for the moment in which the record is read and changed, and around every write
/// that a late holder must not make: see ``guarded(_:)``.
package final class Lease: Sendable {
  static let heartbeatSeconds = 5.0
  /// Twelve beats.
  static let silenceSeconds = 60.0

  /// Longest wait for `run.lock`.
  private static let lockSeconds = 20.0

  package let record: LeaseRecord
  private let folder: RunFolder
  private let isLost = Atomic<Bool>(false)
  private let isEnded = Atomic<Bool>(false)

  /// - Throws: ``ToolError`` with status 75 that names the holder.
  package init(_ folder: RunFolder) throws {
    self.folder = folder
    record = try Self.locked(folder) { lock in
      let before = Self.read(folder)
      if let before, !before.isReleased, Self.isHeld(before, folder: folder, lock: lock) {
        throw ToolError(
          .notFinished,
          "this run is being worked on by \(before.holder) since \(before.since.formatted(.iso8601)); wait for it, or end it"
        )
      }
      let record = LeaseRecord(
        holder: .current, epoch: (before?.epoch ?? 0) + 1, since: .now, isReleased: false)
      try FileSystem.writeJSON(record, to: folder.lease)
      return record
    }
    beat()
  }

  /// Gives the right back, unless another process has taken it over.
  deinit { release() }

  package func release() {
    guard !isEnded.exchange(true, ordering: .relaxed) else { return }
    var released = record
    released.isReleased = true
    // The process that ends releases its lease in any case; this only says so in good order.
    try? guarded { try FileSystem.writeJSON(released, to: folder.lease) }
  }

  /// Makes one write to the run's folder, while nobody can take the lease over.
  ///
  /// - Throws: ``ToolError`` with status 75 once another process holds it; nothing is written then.
  package func guarded<Value>(_ body: () throws -> Value) throws -> Value {
    try Self.locked(folder) { _ in
      try check()
      return try body()
    }
  }

  /// - Throws: ``ToolError`` with status 75 once another process holds the lease.
  package func check() throws {
    guard let now = Self.read(folder), now.holder == record.holder, now.epoch == record.epoch else {
      isLost.store(true, ordering: .relaxed)
      let other = Self.read(folder).map { "\($0.holder) took it over" } ?? "its record is gone"
      throw ToolError(
        .notFinished, "this run is no longer this process's to write: \(other); nothing more was written to it")
    }
  }

  /// Whether the lease was found to be another's; noticed by every beat.
  package var wasLost: Bool { isLost.load(ordering: .relaxed) }

  /// Who works on the run now, as far as can be told without writing anything.
  package static func holder(of folder: RunFolder) -> LeaseRecord? {
    guard let record = read(folder), !record.isReleased, isHeld(record, folder: folder, lock: nil) else { return nil }
    return record
  }

  // MARK: - Pieces

  private func beat() {
    let thread = Thread { [weak self] in
      while true {
        Thread.sleep(forTimeInterval: Self.heartbeatSeconds)
        guard let self, !self.isEnded.load(ordering: .relaxed), !self.wasLost else { return }
        // A beat that fails (a full disk, a lost lease) is followed by others, or by the end of the run.
        try? self.guarded { _ = utimensat(AT_FDCWD, self.folder.lease.path(percentEncoded: false), nil, 0) }
      }
    }
    thread.start()
  }

  private static func read(_ folder: RunFolder) -> LeaseRecord? {
    // It is replaced by rename, so it is whole, or was never there.
    guard let data = try? Data(contentsOf: folder.lease) else { return nil }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return try? decoder.decode(LeaseRecord.self, from: data)
  }

  private static func isHeld(_ record: LeaseRecord, folder: RunFolder, lock: Int32?) -> Bool {
    switch record.holder.life {
    case .lives: return true
    case .ended: return false
    case .unknown:
      // A record that cannot be looked at has no heartbeat.
      guard let beat = try? FileSystem.identity(of: folder.lease.path(percentEncoded: false)).modifiedNanoseconds
      else { return false }
      return Double(now(lock) - beat) / 1e9 < silenceSeconds
    }
  }

  /// The time, by the clock of the file server where `lock` is open: touching a file tells it.
  private static func now(_ lock: Int32?) -> Int64 {
    var status = stat()
    guard let lock, futimens(lock, nil) == 0, fstat(lock, &status) == 0 else {
      return Int64(Date.now.timeIntervalSince1970 * 1e9)
    }
    return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }

  private static func locked<Value>(_ folder: RunFolder, _ body: (Int32) throws -> Value) throws -> Value {
    let path = folder.root.appending(path: "run.lock").path(percentEncoded: false)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.failure("cannot open", path) }
    defer { close(descriptor) }
    // Held for a moment by whoever holds it, unless that process was stopped in this very moment.
    let deadline = ContinuousClock.now + .seconds(lockSeconds)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR || errno == EWOULDBLOCK else { throw FileSystem.failure("cannot lock", path) }
      guard ContinuousClock.now < deadline else {
        throw ToolError(.notFinished, "\(path) has been locked for \(lockSeconds) s; run again")
      }
      usleep(2000)
    }
    return try body(descriptor)
  }
}
