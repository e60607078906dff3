import Foundation
import Records
import TestSupport
import Testing

@testable import Sharding

@Suite struct TarTests {
  /// Names at every limit of the format: plain, prefix, just past both, without a slash, and not ASCII.
  static let names = [
    "a.txt",
    String(repeating: "n", count: 100),
    "folder/" + String(repeating: "m", count: 99) + ".j",
    String(repeating: "p", count: 155) + "/" + String(repeating: "q", count: 100),
    String(repeating: "p", count: 156) + "/" + String(repeating: "q", count: 100),
    String(repeating: "d/", count: 200) + "deep.png",
    String(repeating: "x", count: 101) + ".json",
    "grüße/" + String(repeating: "é", count: 80) + ".cls",
  ]

  private func write(_ url: URL, names: [String] = names, sizes: [Int] = [0, 1, 511, 512, 513, 5000, 10, 3]) throws
    -> (places: [(offset: Int, length: Int)], bytes: Int, digest: Digest)
  {
    let tar = try TarWriter(path: url)
    let places = try zip(names, sizes).enumerated().map { index, item in
      try tar.add(name: item.0, bytes: Samples.bytes(item.1, seed: index))
    }
    let end = try tar.finish()
    return (places, end.bytes, end.digest)
  }

  @Test func readsBackWhatItWrote() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.tar")
      let written = try write(url)
      let data = try Data(contentsOf: url)
      #expect(data.count == written.bytes)
      #expect(data.count % 10240 == 0)
      #expect(Digest(of: data) == written.digest)

      let tar = try TarReader(path: url)
      var names: [String] = []
      while let member = try tar.next() {
        let place = written.places[names.count]
        #expect(member.offset == place.offset && member.length == place.length)
        #expect(
          try tar.read(offset: member.offset, length: member.length) == Samples.bytes(place.length, seed: names.count))
        names.append(member.name)
      }
      #expect(names == Self.names)
    }
  }

  @Test func systemTarListsTheNames() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.tar")
      _ = try write(url)
      let list = try runProcess(
        "tar", ["--quoting-style=literal", "-tf", url.filePath], environment: ["LC_ALL": "C.UTF-8"])
      #expect(list.status == 0 && list.errors.isEmpty, "\(list.errors)")
      #expect(list.output.split(separator: "\n").map(String.init) == Self.names)
      let verbose = try runProcess(
        "tar", ["--utc", "--numeric-owner", "-tvf", url.filePath], environment: ["LC_ALL": "C"])
      #expect(verbose.output.split(separator: "\n").allSatisfy { $0.hasPrefix("-r--r--r-- 0/0") })
      #expect(verbose.output.contains("1970-01-01 00:00"))
    }
  }

  @Test func pythonReadsNamesAndContents() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.tar")
      _ = try write(url)
      let script = """
        import hashlib, sys, tarfile
        for m in tarfile.open(sys.argv[1]):
            assert (m.mtime, m.uid, m.gid, m.mode) == (0, 0, 0, 0o444), m.name
            print(hashlib.sha256(tarfile.open(sys.argv[1]).extractfile(m).read()).hexdigest(), m.name)
        """
      let result = try runProcess("python3", ["-c", script, url.filePath], environment: ["PYTHONIOENCODING": "utf-8"])
      #expect(result.status == 0, "\(result.errors)")
      let expected = zip(Self.names, [0, 1, 511, 512, 513, 5000, 10, 3]).enumerated().map { index, item in
        "\(Digest(of: Samples.bytes(item.1, seed: index))) \(item.0)"
      }
      #expect(result.output.split(separator: "\n").map(String.init) == expected)
    }
  }

  @Test func bytesDependOnContentAlone() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let first = try write(folder.appending(path: "first.tar"))
      Thread.sleep(forTimeInterval: 1.1)
      let second = try write(folder.appending(path: "second.tar"))
      #expect(first.digest == second.digest)
    }
  }

  /// Many members pass through the buffer in several pieces.
  @Test func digestIsThatOfTheFileAfterManyFlushes() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.tar")
      let tar = try TarWriter(path: url)
      let content = Samples.bytes(300_000, seed: 1)
      let last = try (0..<12).map { try tar.add(name: "m/\($0).jpg", bytes: content) }.last
      let end = try tar.finish()
      #expect(Digest(of: try Data(contentsOf: url)) == end.digest)
      let offset = try #require(last).offset
      let members = try MemberReader(path: url)
      let reference = MemberReference(offset: offset, length: 300_000, digest: Digest(of: content))
      #expect(try members.read(reference) == content)
      let other = MemberReference(offset: offset + 1, length: 300_000, digest: Digest(of: content))
      #expect { try members.read(other) } throws: { ($0 as? ShardingError)?.code == .digestMismatch }
    }
  }

  @Test(arguments: ["/etc/passwd", "a/../b", "", "a//b", "./a"])
  func refusesNamesThatAreNotRelativePaths(name: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tar = try TarWriter(path: folder.appending(path: "a.tar"))
      #expect { try tar.add(name: name, bytes: []) } throws: { ($0 as? ShardingError)?.code == .badInput }
    }
  }

  /// Cut anywhere before the end mark, a tar is an error that says where.
  @Test func truncationIsFoundAtEveryCut() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.tar")
      let written = try write(url, names: ["one.cls", "two.jpg", "three.json"], sizes: [1, 1500, 700])
      let data = try Data(contentsOf: url)
      let end = try #require(written.places.last).offset + 1024
      for cut in [0, 1, 511, 512, 513, 1024, 1025, 2000, 3000, end - 512, end - 1, end] {
        try data.prefix(cut).write(to: url)
        let tar = try TarReader(path: url)
        #expect("cut at \(cut)") { while try tar.next() != nil {} } throws: { error in
          guard let error = error as? ShardingError else { return false }
          return error.code == .truncatedTar && error.offset == cut
        }
      }
    }
  }

  @Test func corruptionIsFound() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.tar")
      _ = try write(url, names: ["one.cls", "two.jpg"], sizes: [1, 1500])
      let data = try Data(contentsOf: url)
      var flipped = data
      flipped[1024 + 3] ^= 1
      var zeroed = data
      zeroed.replaceSubrange(1024..<1536, with: Data(count: 512))
      for (bad, offset) in [(flipped, 1024), (zeroed, 1536)] {
        try bad.write(to: url)
        let tar = try TarReader(path: url)
        #expect { while try tar.next() != nil {} } throws: { error in
          guard let error = error as? ShardingError else { return false }
          return error.code == .corruptTar && error.offset == offset
        }
      }
    }
  }

  /// Whatever bytes a header holds, the walk ends, with the members or an error of this module.
  @Test func noDamageMakesTheWalkCrashOrRunForEver() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.tar")
      _ = try write(url, names: [Self.names[0], Self.names[6], Self.names[3]], sizes: [5, 600, 0])
      let data = try Data(contentsOf: url).prefix(6 * 512 + 2048)
      var random = KeyedRandom(seed: 7, key: "damage", stage: "test")
      for _ in 0..<300 {
        var bad = data
        for _ in 0..<3 { bad[random.integer(below: 6 * 512)] = UInt8(random.integer(below: 256)) }
        // A checksum that fits lets the damage through to what reads the fields.
        for block in 0..<6 {
          let start = block * 512
          let sum = (0..<512).reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(bad[start + $1])) }
          let digits = String(sum, radix: 8)
          let field = String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} "
          bad.replaceSubrange(start + 148..<start + 156, with: Data(field.utf8))
        }
        try bad.write(to: url)
        let tar = try TarReader(path: url)
        var members = 0
        do {
          while let member = try tar.next() {
            members += 1
            #expect(member.length >= 0 && member.offset + member.length <= bad.count)
          }
        } catch is ShardingError {}
        #expect(members <= 6)
      }
      let pax = Data("13 size=-512\n".utf8)
      let header = try #require(TarHeader.block(name: "pax", length: pax.count, kind: .attributes))
      let file = try #require(TarHeader.block(name: "file", length: 0, kind: .file))
      try (Data(header) + pax + Data(count: 512 - pax.count) + Data(file) + Data(count: 1024)).write(to: url)
      let tar = try TarReader(path: url)
      #expect { try tar.next() } throws: { ($0 as? ShardingError)?.code == .corruptTar }
    }
  }

  /// Long names and folders as GNU tar, pax and Python write them.
  @Test(arguments: ["gnu", "pax", "ustar", "oldgnu", "v7"])
  func readsTarsOfSystemTar(format: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let long = String(repeating: "n", count: format == "v7" ? 1 : format == "ustar" ? 90 : 200)
      let deep = folder.appending(path: "in/" + (format == "v7" ? "d" : String(repeating: "d", count: 60)))
      try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
      let content = Samples.bytes(777, seed: 5)
      try Data(content).write(to: deep.appending(path: long))
      try FileManager.default.createSymbolicLink(
        atPath: deep.appending(path: "link").filePath, withDestinationPath: String(repeating: "t", count: 90))
      let url = folder.appending(path: "a.tar")
      let made = try runProcess("tar", ["--format=\(format)", "-C", folder.filePath, "-cf", url.filePath, "in"])
      #expect(made.status == 0, "\(made.errors)")
      let tar = try TarReader(path: url)
      let member = try #require(try tar.next())
      #expect(member.name == "in/\(deep.lastPathComponent)/\(long)")
      #expect(try tar.read(offset: member.offset, length: member.length) == content)
      #expect(try tar.next() == nil)
    }
  }

  @Test(.enabled("the shared media are not on this machine") { TestFiles.sharedMedia != nil })
  func readsWebDatasetTarsOfOthers() throws {
    let folder = try #require(TestFiles.sharedMedia).appending(path: "webdataset")
    for name in ["compressed_in_directory", "mpdata", "video2dataset_return_all_test"] {
      let url = folder.appending(path: "\(name).tar")
      let script = """
        import hashlib, sys, tarfile
        tar = tarfile.open(sys.argv[1])
        for m in tar:
            if m.isfile(): print(m.offset_data, m.size, hashlib.sha256(tar.extractfile(m).read()).hexdigest(), m.name)
        """
      let expected = try runProcess("python3", ["-c", script, url.filePath])
      let tar = try TarReader(path: url)
      var lines: [String] = []
      while let member = try tar.next() {
        let digest = Digest(of: try tar.read(offset: member.offset, length: member.length))
        lines.append("\(member.offset) \(member.length) \(digest) \(member.name)")
      }
      #expect(!lines.isEmpty && lines == expected.output.split(separator: "\n").map(String.init))
    }
  }
}
