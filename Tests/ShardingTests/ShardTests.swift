import Foundation
import Records
import TestSupport
import Testing

@testable import Sharding

@Suite struct ShardTests {
  /// Writes five samples in shards of two, and the checksums.
  @discardableResult
  private func write(_ folder: URL, cell: String = "train") throws -> [ShardSummary] {
    let writer = try ShardWriter(folder: folder, cell: cell, samplesPerShard: 2, recipe: recipe)
    for index in 0..<5 {
      try writer.add(
        Samples.sample(index), image: Samples.bytes(1000 + index, seed: index), group: index < 3 ? "g\(index)" : nil)
    }
    let summaries = try writer.finish()
    try ShardSet.writeChecksums(folder: folder, known: summaries)
    return summaries
  }

  private let recipe = CropRecipe(
    detector: "yunet", scoreThreshold: 0.6, detectionSidePixels: 640, preset: "square",
    cut: CropCut(
      .square, margin: 1.3, sizePixels: 256, padding: .replicate, resampling: .areaOrCubic,
      encoding: .jpeg(quality: 95, chroma: 444)))

  private func digests(_ folder: URL) throws -> [String: Digest] {
    var result: [String: Digest] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.filePath) {
      result[name] = Digest(of: try Data(contentsOf: folder.appending(path: name)))
    }
    return result
  }

  @Test func shardsHoldThreeMembersPerSampleInOrder() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let summaries = try write(folder)
      #expect(summaries.map(\.file) == ["train-000000.tar", "train-000001.tar", "train-000002.tar"])
      #expect(summaries.map(\.samples) == [2, 2, 1])
      #expect(summaries.map(\.reals) == [1, 1, 1] && summaries.map(\.fakes) == [1, 1, 0])
      let list = try runProcess("tar", ["-tf", folder.appending(path: "train-000000.tar").filePath])
      let keys = (0..<2).map { Samples.sample($0).key }
      #expect(
        list.output.split(separator: "\n").map(String.init)
          == keys.flatMap { key in ["cls", "jpg", "json"].map { "\(key).\($0)" } })
      #expect(
        try Set(FileManager.default.contentsOfDirectory(atPath: folder.filePath))
          == Set(summaries.flatMap { [$0.file, ShardIndex.name(forShard: $0.file)] } + ["SHA256SUMS"]))
    }
  }

  @Test func companionsStandBesideTheirPictureAndAreFoundWithAndWithoutTheIndex() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let writer = try ShardWriter(folder: folder, cell: "train", samplesPerShard: 9)
      try writer.add(Samples.sample(0), image: [1, 2, 3], companions: ["mask.png": [7, 8], "lines.txt": [9]])
      try writer.add(Samples.sample(1), image: [4])
      _ = try writer.finish()
      let tar = folder.appending(path: "train-000000.tar")
      let list = try runProcess("tar", ["-tf", tar.filePath]).output
      let key = Samples.sample(0).key
      #expect(
        list.split(separator: "\n").prefix(5).map(String.init)
          == ["cls", "jpg", "lines.txt", "mask.png", "json"].map { "\(key).\($0)" })
      let indexed = try ShardReader(path: tar)
      try FileManager.default.removeItem(at: folder.appending(path: ShardIndex.name(forShard: "train-000000.tar")))
      let scanned = try ShardReader(path: tar)
      for reader in [indexed, scanned] {
        #expect(try reader.companion("mask.png", at: 0) == [7, 8])
        #expect(try reader.companion("lines.txt", at: 0) == [9])
        #expect(try reader.companion("mask.png", at: 1) == nil)
        #expect(try reader.sample(at: 1) == Samples.sample(1))
      }
      #expect(indexed.entries == scanned.entries)
    }
  }

  @Test func twoRunsGiveTheSameBytesAndLabelsMeanOneIsFake() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let (first, second) = (folder.appending(path: "1"), folder.appending(path: "2"))
      try write(first)
      try write(second)
      #expect(try digests(first) == digests(second))
      let fake = try ShardReader(path: first.appending(path: "train-000000.tar")).entries[1]
      #expect(fake.label == .fake)
      let tar = try TarReader(path: first.appending(path: "train-000000.tar"))
      for _ in 0..<3 { _ = try tar.next() }
      let label = try #require(try tar.next())
      #expect(label.name == "\(fake.key).cls")
      #expect(try tar.read(offset: label.offset, length: label.length) == Array("1".utf8))
    }
  }

  /// The tar says what the index says, but for the groups.
  @Test func readerWorksWithAndWithoutTheIndex() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try write(folder)
      let url = folder.appending(path: "train-000001.tar")
      let indexed = try ShardReader(path: url)
      #expect(indexed.recipe == recipe)
      #expect(indexed.entries.map(\.group) == ["g2", nil])
      #expect(indexed.entries.map(\.source) == ["dfdc/part_0/clip2.mp4", "dfdc/part_0/clip3.mp4"])
      try FileManager.default.removeItem(at: folder.appending(path: "train-000001.index.json"))
      let plain = try ShardReader(path: url)
      #expect(plain.recipe == nil)
      #expect(plain.entries.map(\.image) == indexed.entries.map(\.image))
      for reader in [indexed, plain] {
        for (position, index) in [(1, 3), (0, 2)] {
          #expect(try reader.image(at: position) == Samples.bytes(1000 + index, seed: index))
          #expect(try reader.sample(at: position) == Samples.sample(index))
        }
      }
    }
  }

  @Test func keysComeSortedEachOnce() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let writer = try ShardWriter(folder: folder, cell: "train", samplesPerShard: 1)
      try writer.add(Samples.sample(3), image: [1])
      for (index, code) in [(3, ShardingError.Code.duplicateKey), (2, .unsortedKey)] {
        #expect { try writer.add(Samples.sample(index), image: [1]) } throws: { ($0 as? ShardingError)?.code == code }
      }
      var dotted = Samples.sample(4)
      dotted.key = "dfdc/clip.mp4"
      #expect { try writer.add(dotted, image: [1]) } throws: { ($0 as? ShardingError)?.code == .badInput }
      #expect(try writer.finish().count == 1)
    }
  }

  /// A writer that is dropped leaves nothing under a final name.
  @Test func unfinishedShardsHaveNoFinalName() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let writer = try ShardWriter(folder: folder, cell: "train", samplesPerShard: 9)
      try writer.add(Samples.sample(0), image: [1])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.filePath)
      #expect(names.count == 1 && names.allSatisfy { $0.hasPrefix(".partial-") })
      #expect(try ShardWriter(folder: folder, cell: "empty", samplesPerShard: 9).finish().isEmpty)
    }
  }

  @Test func sha256sumAcceptsTheChecksums() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try write(folder)
      let check = try runProcess("sha256sum", ["--strict", "-c", "SHA256SUMS"], directory: folder)
      #expect(check.status == 0, "\(check.output)\(check.errors)")
      #expect(check.output.split(separator: "\n").count == 6)
      // The same without digests known beforehand.
      let before = try Data(contentsOf: folder.appending(path: "SHA256SUMS"))
      try ShardSet.writeChecksums(folder: folder)
      #expect(try Data(contentsOf: folder.appending(path: "SHA256SUMS")) == before)
    }
  }

  @Test func soundFolderVerifies() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try write(folder)
      let report = try ShardSet.verify(folder: folder)
      #expect(report.isSound, "\(report.problems)")
      #expect(report.shards == 3 && report.samples == 5)
      #expect(report.reals == 3 && report.fakes == 2)
    }
  }

  /// A flipped byte is found by the checksum and, when that was made to fit, by the index.
  @Test func flippedByteIsFound() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try write(folder)
      let url = folder.appending(path: "train-000001.tar")
      let place = try ShardReader(path: url).entries[0].image
      var data = try Data(contentsOf: url)
      data[place.offset + 500] ^= 4
      try data.write(to: url)
      #expect { try ShardReader(path: url).image(at: 0) } throws: { ($0 as? ShardingError)?.code == .digestMismatch }
      let codes = try ShardSet.verify(folder: folder).problems.map { "\($0.file) \($0.code)" }
      #expect(codes == ["train-000001.index.json index-mismatch", "train-000001.tar digest-mismatch"])
      try ShardSet.writeChecksums(folder: folder)
      let later = try ShardSet.verify(folder: folder)
      #expect(later.problems.map(\.code) == ["index-mismatch"])
      #expect(later.problems.first?.message.contains(Samples.sample(2).key) == true)
    }
  }

  @Test func otherDamageIsFound() throws {
    func codes(_ damage: (URL) throws -> Void) throws -> [String] {
      try TestFiles.withTemporaryDirectory { folder in
        try write(folder)
        try damage(folder)
        return try ShardSet.verify(folder: folder).problems.map { "\($0.file) \($0.code)" }
      }
    }
    let files = FileManager.default
    #expect(
      try codes { try files.removeItem(at: $0.appending(path: "train-000002.tar")) }
        == ["train-000002.index.json missing", "train-000002.tar missing"])
    #expect(
      try codes { try Data("x".utf8).write(to: $0.appending(path: "stray.txt")) } == ["stray.txt unlisted"])
    #expect(
      try codes { try write($0, cell: "valid") }.filter { $0.hasSuffix("duplicate-key") }.count == 5)
    #expect(
      try codes { folder in
        let url = folder.appending(path: "train-000000.tar")
        try Data(contentsOf: url).prefix(2000).write(to: url)
      } == ["train-000000.tar digest-mismatch", "train-000000.tar truncated-tar"])
    #expect(try codes { try files.removeItem(at: $0.appending(path: "SHA256SUMS")) } == ["SHA256SUMS file-system"])
  }

  @Test func atomicFileReplacesAndLeavesNothingBeside() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = folder.appending(path: "a.json")
      try AtomicFile.write(Data("one".utf8), to: url)
      try AtomicFile.write(Data("two".utf8), to: url)
      #expect(try Data(contentsOf: url) == Data("two".utf8))
      #expect(throws: ShardingError.self) {
        try AtomicFile.write(Data("x".utf8), to: folder.appending(path: "none/b.json"))
      }
      try FileManager.default.createDirectory(at: folder.appending(path: "c"), withIntermediateDirectories: false)
      #expect(throws: ShardingError.self) { try AtomicFile.write(Data("x".utf8), to: folder.appending(path: "c")) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.filePath).sorted() == ["a.json", "c"])
    }
  }
}
