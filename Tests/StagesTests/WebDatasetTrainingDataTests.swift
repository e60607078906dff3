import Engine
import Foundation
import Imaging
import Records
import Sharding
import TestSupport
import Testing
import Training

@testable import Stages

@Suite struct WebDatasetTrainingDataTests {
  /// Two folders of shards, written by nobody in particular: JPEG and PNG, labels as digits and words.
  private func shards(_ folder: URL, damaged: Bool = false) throws -> [URL] {
    var files: [URL] = []
    for (name, members) in [("one", ["0": 0, "1": 1, "2": 1]), ("two", ["0": 0, "1": 1])] {
      let parent = folder.appending(path: name)
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      let file = parent.appending(path: "train-000000.tar")
      let tar = try TarWriter(path: file)
      for (key, label) in members.sorted(by: { $0.key < $1.key }) {
        let image = Image(width: 24, height: 20, red: 200, green: UInt8(50 * label), blue: 10)
        var bytes = try ImageCodec.encode(image, as: key == "1" ? .png : .jpeg(quality: 95, chroma: 444))
        if damaged, key == "2" { bytes.removeLast(bytes.count / 2) }
        _ = try tar.add(name: "\(key).\(key == "1" ? "png" : "jpg")", bytes: bytes)
        _ = try tar.add(name: "\(key).cls", bytes: Array((name == "one" ? "\(label)" : ["real", "fake"][label]).utf8))
      }
      _ = try tar.add(name: "notes.txt", bytes: [65])
      _ = try tar.finish()
      files.append(file)
    }
    return files
  }

  @Test func anybodysShardsAreRead() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let data = try WebDatasetTrainingData(
        shards: shards(folder), options: .init(side: 16, augmentation: nil, seed: 1))
      #expect(data.count == 5)
      #expect((0..<5).map { data.label(at: $0) } == [0, 1, 1, 0, 1])
      #expect((0..<5).map { data.stratum(at: $0) } == ["one", "one", "one", "two", "two"])
      for index in 0..<5 {
        let pixels = try data.image(at: index, epoch: 0, view: 0)
        #expect(pixels.count == 16 * 16 * 3)
        #expect(abs(Int(pixels[0]) - 200) < 4 && abs(Int(pixels[1]) - 50 * data.label(at: index)) < 4)
      }
    }
  }

  /// Shards as img2dataset writes them: WebP beside a JSON of whatever is known.
  @Test func webPAndLabelsInJSONAreRead() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let file = folder.appending(path: "theirs/00000.tar")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let tar = try TarWriter(path: file)
      for (index, brightness) in [(0, UInt8(40)), (1, UInt8(210))] {
        let picture = folder.appending(path: "\(index).webp")
        try SyntheticVideo.make(
          at: picture, width: 24, height: 20, frames: 1, framesPerSecond: 25, codecArguments: ["-update", "1"]
        ) { _ in Image(width: 24, height: 20, red: brightness, green: brightness, blue: brightness) }
        let facts = #"{"caption": "a", "truth": {}, "is_fake": \#(index), "family": "f\#(index)", "sourceVideo": "v"}"#
        _ = try tar.add(name: "\(index).webp", bytes: Array(Data(contentsOf: picture)))
        _ = try tar.add(name: "\(index).json", bytes: Array(facts.utf8))
      }
      _ = try tar.finish()
      let data = try WebDatasetTrainingData(
        shards: [file], options: .init(side: 16, augmentation: nil, seed: 1, label: "json:is_fake"))
      try #require(data.count == 2)
      #expect((0..<2).map { data.label(at: $0) } == [0, 1])
      for (index, brightness) in [(0, 40), (1, 210)] {
        let pixels = try data.image(at: index, epoch: 0, view: 0)
        #expect(pixels.count == 16 * 16 * 3 && pixels.allSatisfy { abs(Int($0) - brightness) < 8 })
      }
      let turned = try WebDatasetTrainingData(
        shards: [file], options: .init(side: 16, augmentation: nil, seed: 1, label: "json:is_fake", oneIsFake: false))
      #expect((0..<2).map { turned.label(at: $0) } == [1, 0])
    }
  }

  @Test func viewsAreDrawsOfTheirOwn() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let data = try WebDatasetTrainingData(
        shards: shards(folder), options: .init(side: 16, augmentation: "selimsef", seed: 1))
      let views = try data.images(at: 1, epoch: 3, views: 4)
      #expect(try views == (0..<4).map { try data.image(at: 1, epoch: 3, view: $0) })
      #expect(Set(views).count > 1)
    }
  }

  @Test func aDamagedPictureIsNamedWithItsShard() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let data = try WebDatasetTrainingData(
        shards: shards(folder, damaged: true), options: .init(side: 16, augmentation: nil, seed: 1))
      let error = #expect(throws: ToolError.self) { try data.image(at: 2, epoch: 0, view: 0) }
      #expect(error?.message.contains("one/train-000000.tar/2.jpg") == true, "\(error?.message ?? "")")
    }
  }

  @Test func shardsWithoutLabelsAndUnknownPresetsAreRefused() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let files = try shards(folder)
      #expect(throws: (any Error).self) {
        try WebDatasetTrainingData(
          shards: files, options: .init(side: 16, augmentation: nil, seed: 1, label: "json:label"))
      }
      #expect(throws: ToolError.self) {
        try WebDatasetTrainingData(shards: files, options: .init(side: 16, augmentation: "lite", seed: 1))
      }
    }
  }
}
