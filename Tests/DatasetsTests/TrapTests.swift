import Datasets
import Foundation
import Records
import TestSupport
import Testing

/// What real copies of datasets come with.
@Suite struct TrapTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func aRootTooHighOrTooLowNamesTheOneThatWasMeant() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        ["a/sets/140k/train/real/1.jpg", "a/sets/140k/train/fake/2.jpg", "ff/manipulated_sequences/FaceSwap/c23/x.txt"])
      #expect(
        message { _ = try tree.scan("stylegan-140k", below: "a") }
          .contains("did you mean root = \"\(folder.path(percentEncoded: false))/a/sets/140k\"?"),
        "\(message { _ = try tree.scan("stylegan-140k", below: "a") })")
      let low = message { _ = try tree.scan("stylegan-140k", below: "a/sets/140k/train/real") }
      #expect(low.contains("a/sets/140k\"?"), "\(low)")
      let absent = message { _ = try tree.scan("stylegan-140k", below: "a/set") }
      #expect(absent.contains("did you mean root =") && absent.contains("a/sets"), "\(absent)")
      let wrong = message { _ = try tree.scan("dfdc", below: "a/sets/140k") }
      #expect(wrong.contains("it looks like layout 'stylegan-140k'"), "\(wrong)")
    }
  }

  @Test func whatFileManagersLeaveIsPassedOverAndSaid() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        ["real/a.mp4", "real/._a.mp4", "real/Thumbs.db", "fake/b.mp4", "__MACOSX/fake/._b.mp4", "fake/.DS_Store"])
      let scan = try tree.scan("folder")
      #expect(scan.labelled == ["1 fake/b.mp4", "0 real/a.mp4"])
      #expect(scan.unexpected.isEmpty && scan.problems.isEmpty)
      #expect(scan.notes.contains("passed over 3 leftovers of macOS or Windows, as __MACOSX"), "\(scan.notes)")
    }
  }

  @Test func linksAreFollowedAndBrokenOnesReported() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, ["real/a.mp4", "elsewhere/b.mp4"])
      let files = FileManager.default
      try files.createSymbolicLink(
        at: folder.appending(path: "fake"), withDestinationURL: folder.appending(path: "elsewhere"))
      try files.createSymbolicLink(
        at: folder.appending(path: "real/gone.mp4"), withDestinationURL: folder.appending(path: "nowhere.mp4"))
      let scan = try tree.scan("folder")
      #expect(scan.labelled == ["1 fake/b.mp4", "0 real/a.mp4"])
      #expect(scan.says("a link to nothing", at: "real/gone.mp4"))
      try files.createSymbolicLink(
        at: folder.appending(path: "real/loop"), withDestinationURL: folder.appending(path: "real"))
      #expect(message { _ = try tree.scan("folder") }.contains("does a link lead to a folder above it?"))
    }
  }

  @Test func aNameThatIsNotUTF8IsAnErrorAndLeftOut() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, ["real/a.mp4", "fake/b.mp4"])
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "touch \"$(printf 'c\\377.mp4')\""]
      process.currentDirectoryURL = folder.appending(path: "real")
      try process.run()
      process.waitUntilExit()
      let scan = try tree.scan("folder")
      #expect(scan.labelled == ["1 fake/b.mp4", "0 real/a.mp4"])
      #expect(scan.problemPlaces == ["error real"] && scan.says("1 names that are not UTF-8", at: "real"))
    }
  }

  @Test func emptyFilesAreFoundWhenTheyAreLookedFor() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, ["real/a.mp4", "fake/b.mp4", "fake/c.mp4"])
      try tree.write("x", to: "real/a.mp4")
      var scan = try tree.scan("folder")
      #expect(scan.problems.isEmpty)
      scan.findEmptyFiles()
      #expect(scan.problemPlaces == ["error fake/b.mp4"])
      #expect(
        scan.says("0 bytes; copy it again. A run records it as failed (and 1 more: fake/c.mp4)", at: "fake/b.mp4"))
    }
  }

  /// A byte order mark, line ends of Windows, backslashes, a line twice, blank lines.
  @Test func listsOfWindowsRead() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let list = "List_of_testing_videos.txt"
      let tree = try Tree(
        folder, ["YouTube-real/00170.mp4", "Celeb-synthesis/id1_id2_0002.mp4", "Celeb-real/id1_0002.mp4"],
        texts: [
          list:
            "\u{FEFF}1 YouTube-real\\00170.mp4\r\n\r\n0 Celeb-synthesis/id1_id2_0002.mp4 \r\n1 YouTube-real/00170.mp4\r\n"
        ])
      let scan = try tree.scan("celeb-df")
      #expect(scan.sources.filter { $0.officialSplit == "test" }.count == 2)
      #expect(scan.says("line 1, '1 YouTube-real\\00170.mp4', is written with backslashes", at: list))
      #expect(scan.says("line 4, '1 YouTube-real/00170.mp4', names a clip a second time", at: list))
      #expect(!scan.problems.contains { $0.severity == .error })

      try Data([0xFF, 0xFE, 0x31, 0x00]).write(to: folder.appending(path: list))
      #expect(try tree.scan("celeb-df").says("it is UTF-16; save it as UTF-8", at: list))
    }
  }

  @Test func aListWhoseFirstLineWasTakenForAHeaderIsRecognised() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let lines = (0..<517).map { "1 YouTube-real/\($0).mp4" }.joined(separator: "\n")
      let tree = try Tree(folder, ["YouTube-real/0.mp4"], texts: ["List_of_testing_videos.txt": lines])
      #expect(
        try tree.scan("celeb-df").says(
          "may have taken the first line for a header", at: "List_of_testing_videos.txt"))
    }
  }

  @Test func manyLinesWithOneFaultAreOneProblem() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let rows = (0..<1000).map { "\($0).jpg,maybe" }.joined(separator: "\n")
      let tree = try Tree(folder, ["a.jpg"], texts: ["l.csv": "path,label\na.jpg,real\n\(rows)\n"])
      let scan = try tree.scan("csv", LayoutOptions(list: "l.csv"))
      let problem = try #require(scan.problems.first)
      #expect(scan.problems.count == 1)
      #expect(
        problem.message
          == "line 3, 'maybe', has a label that is not real, fake; the line is left out (and 999 more lines: 4, 5, 6, 7, "
          + "8, 9, 10, 11, 12, 13, ...)")
    }
  }

  /// A JSON decoder would take one of the two unseen.
  @Test func aClipNamedTwiceInAMetadataFileIsSaid() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["dfdc_train_part_0/a.mp4", "dfdc_train_part_1/a.mp4"],
        texts: [
          "dfdc_train_part_0/metadata.json":
            #"{"a.mp4": {"label": "REAL", "split": "train", "x": ["{\"", {"a.mp4": 1}]}, "a.mp4": {"label": "REAL"}}"#,
          "dfdc_train_part_1/metadata.json": #"{"a.mp4": {"label": "REAL", "split": "holdout"}}"#,
        ])
      let scan = try tree.scan("dfdc")
      #expect(scan.says("named twice in metadata.json", at: "dfdc_train_part_0/a.mp4"))
      #expect(scan.says("a clip of this name is in another part", at: "dfdc_train_part_1/a.mp4"))
      #expect(scan.says("a split that is not train", at: "dfdc_train_part_1/a.mp4 ('holdout')"))
    }
  }

  @Test func partsMayLieInFoldersOfTheirZips() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["dfdc_train_part_04/dfdc_train_part_4/a.mp4", "train_sample_videos/s.mp4"],
        texts: [
          "dfdc_train_part_04/dfdc_train_part_4/metadata.json": #"{"a.mp4": {"label": "REAL"}}"#,
          "train_sample_videos/metadata.json": #"{"s.mp4": {"label": "FAKE", "original": "a.mp4"}}"#,
        ])
      let scan = try tree.scan("dfdc")
      #expect(scan.labelled == ["0 dfdc_train_part_04/dfdc_train_part_4/a.mp4", "1 train_sample_videos/s.mp4"])
      #expect(scan.missing == ["train_sample_videos/a.mp4"] && scan.unexpected.isEmpty)
    }
  }
}
