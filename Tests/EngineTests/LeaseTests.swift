import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite("Lease of a run")
struct LeaseTests {
  private func withFolder(_ body: (RunFolder) throws -> Void) throws {
    try TestFiles.withTemporaryDirectory { try body(RunFolder(root: $0)) }
  }

  /// Writes a record of somebody else, whose heart beat last so many seconds ago.
  private func write(_ holder: ProcessIdentity, epoch: Int = 5, secondsAgo: Double = 0, in folder: RunFolder) throws {
    let record = LeaseRecord(holder: holder, epoch: epoch, since: .now, isReleased: false)
    try FileSystem.writeJSON(record, to: folder.lease)
    try FileManager.default.setAttributes(
      [.modificationDate: Date.now.addingTimeInterval(-secondsAgo)],
      ofItemAtPath: folder.lease.path(percentEncoded: false))
  }

  @Test("A run's folder has one writer at a time, and another once that is gone")
  func oneHolder() throws {
    try withFolder { folder in
      let first = try Lease(folder)
      #expect(first.record.epoch == 1 && Lease.holder(of: folder)?.holder == .current)
      let error = #expect(throws: ToolError.self) { try Lease(folder) }
      #expect(error?.status == .notFinished)
      #expect(error?.message.contains("process \(ProcessInfo.processInfo.processIdentifier) on ") == true)
      first.release()
      #expect(Lease.holder(of: folder) == nil)
      #expect(try Lease(folder).record.epoch == 2)
    }
  }

  @Test("The lease of a process that has ended, or of before the machine's last start, is taken over")
  func deadHolder() throws {
    try withFolder { folder in
      let ended = Process()
      ended.executableURL = URL(filePath: "/bin/true")
      try ended.run()
      let process = ProcessIdentity(process: ended.processIdentifier)
      ended.waitUntilExit()
      try write(process, in: folder)
      #expect(try Lease(folder).record.epoch == 6)
      var earlier = ProcessIdentity.current
      earlier.boot = "another start"
      try write(earlier, epoch: 8, in: folder)
      #expect(try Lease(folder).record.epoch == 9)
      // The number of a process that lives, used before by another.
      var namesake = ProcessIdentity.current
      namesake.started -= 1
      try write(namesake, in: folder)
      #expect(try Lease(folder).record.epoch == 6)
    }
  }

  @Test("A holder elsewhere holds while its heart beats", arguments: ["host", "space"])
  func distantHolder(kind: String) throws {
    try withFolder { folder in
      var distant = ProcessIdentity.current
      if kind == "host" { distant.host = "elsewhere" } else { distant.space = "pid:[1]" }
      try write(distant, secondsAgo: 30, in: folder)
      let error = #expect(throws: ToolError.self) { try Lease(folder) }
      #expect(error?.message.contains("\(distant)") == true)
      try write(distant, secondsAgo: Lease.silenceSeconds + 5, in: folder)
      #expect(try Lease(folder).record.epoch == 6)
    }
  }

  @Test("A holder that comes late writes nothing more")
  func lateHolder() throws {
    try withFolder { folder in
      let late = try Lease(folder)
      #expect(try late.guarded { 3 } == 3)
      try write(.current, epoch: 2, in: folder)
      var hasWritten = false
      let error = #expect(throws: ToolError.self) { try late.guarded { hasWritten = true } }
      #expect(error?.status == .notFinished && !hasWritten && late.wasLost)
      late.release()
      #expect(Lease.holder(of: folder)?.epoch == 2, "the late holder gave another's lease back")
    }
  }

  @Test("A process is known by host, start of the machine, name space, number and start")
  func processes() {
    var process = ProcessIdentity.current
    #expect(process.life == .lives && process.started > 0 && !process.boot.isEmpty && !process.space.isEmpty)
    process.host = "elsewhere"
    #expect(process.life == .unknown)
    process = .current
    process.process = 0
    #expect(process.life == .ended)
  }

  @Test("A name of unfinished work says whose it is")
  func partialNames() {
    let name = PartialName().text
    #expect(PartialName.isOne(name) && PartialName(name)?.owner == .current)
    #expect(PartialName(".partial-samples.jsonl-\(UUID().uuidString)") == nil)
    #expect(name.utf8.count < 255)
  }
}
