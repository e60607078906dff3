import Foundation
import Records
import TestSupport
import Testing

@testable import Engine

@Suite("Store and files")
struct StoreTests {
  @Test("A folder has its final name only after the commit, with all its files")
  func commit() throws {
    try TestFiles.withTemporaryDirectory { root in
      let final = root.appending(path: "deep/unit")
      let temporary = try Store.temporary(for: final)
      try Data("x".utf8).write(to: temporary.appending(path: "file"))
      #expect(!FileSystem.exists(final))
      #expect(temporary.deletingLastPathComponent().path == final.deletingLastPathComponent().path)
      try FileSystem.commit(folder: temporary, to: final)
      #expect(try FileSystem.names(in: final) == ["file"])
      #expect(try FileSystem.names(in: root.appending(path: "deep")) == ["unit"])
    }
  }

  @Test("The first commit with a manifest stands; one without is no result and is replaced", arguments: [true, false])
  func firstCommitStands(hasManifest: Bool) throws {
    try TestFiles.withTemporaryDirectory { root in
      let final = root.appending(path: "unit")
      let folders = try ["first", "second"].map { text in
        let folder = try Store.temporary(for: final)
        try Data(text.utf8).write(to: folder.appending(path: "file"))
        if hasManifest { try Data().write(to: folder.appending(path: "manifest.json")) }
        return folder
      }
      #expect(folders[0] != folders[1])
      for folder in folders { try FileSystem.commit(folder: folder, to: final) }
      let kept = try String(contentsOf: final.appending(path: "file"), encoding: .utf8)
      #expect(kept == (hasManifest ? "first" : "second"))
      #expect(try FileSystem.names(in: root) == ["unit"])
    }
  }

  @Test("What dead workers left is swept, and nothing else; it is never taken for a unit")
  func sweep() throws {
    try Workshop.with { workshop in
      let run = try workshop.run(workshop.request(workshop.writeDataset()))
      try run.work(run.state.families)
      let unit = try #require(run.unitNames().first)
      let folder = run.state.store.unitsFolder(chain: run.state.chain)
      let partial = try Store.temporary(for: folder.appending(path: "other"))
      try Data("torn".utf8).write(to: partial.appending(path: "manifest.json"))
      #expect(try run.unitNames() == [unit])
      try Store.sweep(folder)
      let own = partial.lastPathComponent
      #expect(try FileSystem.names(in: folder) == [own, unit], "the work of a live process was swept")
      // The same name with the number of a process that has ended.
      let ended = Process()
      ended.executableURL = URL(filePath: "/bin/true")
      try ended.run()
      ended.waitUntilExit()
      let orphan = own.replacing("-\(ProcessInfo.processInfo.processIdentifier)-", with: "-\(ended.processIdentifier)-")
      try FileManager.default.moveItem(at: partial, to: folder.appending(path: orphan))
      try Store.sweep(folder)
      #expect(try FileSystem.names(in: folder) == [unit])
      try Store.sweep(workshop.root.appending(path: "absent"))
    }
  }

  @Test("Scratch of unfinished work outlives a sweep, and is no result")
  func scratch() throws {
    try TestFiles.withTemporaryDirectory { root in
      let store = Store(root: root)
      let scratch = Store.scratch(of: root.appending(path: "tables/train-1"))
      try FileSystem.makeFolder(scratch)
      try store.sweep()
      #expect(FileSystem.exists(scratch))
      try FileManager.default.setAttributes(
        [.modificationDate: Date.now.addingTimeInterval(-31 * 24 * 3600)],
        ofItemAtPath: scratch.path(percentEncoded: false))
      try store.sweep()
      #expect(!FileSystem.exists(scratch))
    }
  }

  @Test("Records name every file below a folder with size and digest")
  func fileRecords() throws {
    try TestFiles.withTemporaryDirectory { root in
      try FileSystem.makeFolder(root.appending(path: "sub"))
      try Data("abc".utf8).write(to: root.appending(path: "sub/b"))
      try Data().write(to: root.appending(path: "a"))
      try Data("no".utf8).write(to: root.appending(path: "manifest.json"))
      #expect(
        try FileSystem.records(in: root, except: ["manifest.json"]) == [
          FileRecord(name: "a", bytes: 0, digest: Digest(of: "")),
          FileRecord(name: "sub/b", bytes: 3, digest: Digest(of: "abc")),
        ])
    }
  }

  @Test("Bytes are read from the middle of a file, and a file that ends too soon is told")
  func reading() throws {
    try TestFiles.withTemporaryDirectory { root in
      let path = root.appending(path: "f").path(percentEncoded: false)
      try Data("0123456789".utf8).write(to: URL(filePath: path))
      #expect(try FileSystem.read(path, offset: 3, length: 4) == Array("3456".utf8))
      #expect(try FileSystem.read(path, offset: 10, length: 0) == [])
      let error = #expect(throws: ToolError.self) { try FileSystem.read(path, offset: 8, length: 3) }
      #expect(error?.message.contains("\(path) ends at byte 10") == true)
      #expect(try FileSystem.digest(of: path) == Digest(of: "0123456789"))
    }
  }

  @Test("A line is appended whole, also after one that was torn")
  func appending() throws {
    try TestFiles.withTemporaryDirectory { root in
      let file = root.appending(path: "events.jsonl")
      try FileSystem.append(Data("one".utf8), to: file)
      try FileSystem.append(Data("two".utf8), to: file)
      try Data("one\ntwo\nto".utf8).write(to: file)
      try FileSystem.append(Data("three".utf8), to: file)
      #expect(try String(contentsOf: file, encoding: .utf8) == "one\ntwo\nto\nthree\n")
    }
  }

  @Test("Matrices come back as they were written", arguments: [(0, 0), (1, 1), (3, 5), (100, 7)])
  func matrices(rows: Int, columns: Int) throws {
    try TestFiles.withTemporaryDirectory { root in
      let file = root.appending(path: "m.npy")
      var values = (0..<rows * columns).map { Float($0) * 0.37 - 5 }
      if rows > 1 { values[1] = -.infinity }
      try NumPyFile.data(rows: rows, columns: columns, values: values).write(to: file)
      let matrix = try NumPyFile.read(file)
      #expect((matrix.rows, matrix.columns) == (rows, columns) && matrix.values == values)
      #expect(Array(try Data(contentsOf: file)).count == 128 + rows * columns * 4)
    }
  }

  @Test("Matrices that are cut, too long, or no float32 matrices are refused with their name")
  func badMatrices() throws {
    try TestFiles.withTemporaryDirectory { root in
      let whole = NumPyFile.data(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6])
      let text = { (old: String, new: String) in
        Data(String(decoding: whole[10...], as: UTF8.self).replacing(old, with: new).utf8)
      }
      let bad =
        [0, 5, 10, 60, 127, 128, whole.count - 1].map { whole.prefix($0) } + [whole + [0]]
        + [("<f4", "<f8"), ("False", "True "), ("(3, 2)", "(6,)  ")].map { whole.prefix(10) + text($0.0, $0.1) }
      for (index, data) in bad.enumerated() {
        let file = root.appending(path: "\(index).npy")
        try data.write(to: file)
        let error = #expect(throws: ToolError.self) { try NumPyFile.read(file) }
        #expect(error?.message.hasPrefix(file.path(percentEncoded: false)) == true)
      }
    }
  }
}
