import Datasets
import Foundation
import Records
import TestSupport
import Testing

@Suite struct ListReaderTests {
  private func csv(_ tree: Tree, one: Label? = nil) throws -> DatasetScan {
    try tree.scan("csv", LayoutOptions(list: "lists/all.csv", one: one))
  }

  @Test func csvReadsEveryColumn() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["a/real.mp4", "a/fake, 1.mp4", "masks/m.mp4", "unnamed.mp4"],
        texts: [
          "lists/all.csv": """
          path,label,method,original,identity,donor,source-video,split,compression,mask,group
          a/real.mp4,real,,,ann,,yt1,val,c23,,g
          "a/fake, 1.mp4",FAKE,"Swap ""2""\",a/real.mp4,ann,bob,yt1,test,c23,masks/m.mp4,g
          a/gone.mp4,fake,Swap,a/lost.mp4,,,,train,,,g
          """
        ])
      let scan = try csv(tree)
      #expect(scan.labelled == ["1 a/fake, 1.mp4", "0 a/real.mp4"])
      let fake = try #require(scan.source("a/fake, 1.mp4"))
      #expect(fake.method == "Swap \"2\"" && fake.original == "a/real.mp4" && fake.mask == "masks/m.mp4")
      #expect(fake.identity == "ann" && fake.donor == "bob" && fake.sourceVideo == "yt1" && fake.compression == "c23")
      #expect(fake.officialSplit == "test" && scan.source("a/real.mp4")?.officialSplit == "validation")
      #expect(scan.missing == ["a/gone.mp4"] && scan.unexpected == ["unnamed.mp4"])
      #expect(scan.problems.isEmpty, "\(scan.problems)")
      #expect(scan.notes.contains("lists/all.csv: columns not read: 'group'"))
    }
  }

  @Test func csvDigitsNeedADeclaredPolarity() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, ["a.mp4", "b.mp4"], texts: ["lists/all.csv": "path,label\na.mp4,1\nb.mp4,0\n"])
      #expect { try csv(tree) } throws: { "\($0)".contains("say in datasets.toml which is meant: one = \"fake\"") }
      #expect(try csv(tree, one: .fake).labelled == ["1 a.mp4", "0 b.mp4"])
      #expect(try csv(tree, one: .real).labelled == ["0 a.mp4", "1 b.mp4"])
      #expect(try csv(tree, one: .real).notes[0].contains("1 = real, as datasets.toml says"))
    }
  }

  @Test(arguments: [
    ("a.mp4,deepfake", "line 3, 'deepfake', has a label that is not real, fake"),
    ("a.mp4", "line 3, 'a.mp4', has not 2 fields"),
    ("/abs/a.mp4,real", "line 3, '/abs/a.mp4', is not a path below the root"),
    ("C:\\\\a.mp4,real", "is not a path below the root"),
    ("../a.mp4,real", "is not a path below the root"),
    ("b\\\\..\\\\a.mp4,real", "is not a path below the root"),
    (".\\\\a.mp4,real", "line 3, '.\\\\a.mp4', is written with backslashes"),
    ("./,real", "line 3, './', is not a path below the root"),
    ("./sub//../ok.mp4,real", "is not a path below the root"),
    (".//ok.mp4,fake", "line 3, './/ok.mp4', was named before with the other label"),
    ("ok.mp4,fake", "line 3, 'ok.mp4', was named before with the other label"),
    ("ok.mp4,real", "line 3, 'ok.mp4', was named before; the first line is taken"),
    ("\"a.mp4,real", "line 3 opens a quote that is never closed"),
  ])
  func csvFaultsSayTheLine(line: String, expected: String) throws {
    let unescape = { (text: String) in text.replacing("\\\\", with: "\\") }
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["ok.mp4", "other.mp4", "a.mp4"],
        texts: ["lists/all.csv": "path,label\nok.mp4,real\n\(unescape(line))\nother.mp4,fake\n"])
      let text: String
      do { text = try csv(tree).problems.map(\.message).joined(separator: "\n") } catch { text = "\(error)" }
      #expect(text.contains(unescape(expected)), "\(text)")
    }
  }

  @Test(arguments: [
    ("file,label\na.mp4,real", "does not name the column 'path'"),
    ("a.mp4,real", "does not name the column 'path' and 'label'"),
    ("path,label,label\na.mp4,real,real", "has the column 'label' twice"),
    ("", "empty; the first line names the columns"),
  ])
  func csvHeadersAreStrict(text: String, expected: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, ["a.mp4"], texts: ["lists/all.csv": text])
      #expect { try csv(tree) } throws: { "\($0)".contains(expected) }
    }
  }

  @Test func csvFindsOriginalsByName() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let files = ["real/a.jpg", "real/b.jpg", "x/c.jpg", "y/c.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg"]
      let tree = try Tree(
        folder, files,
        texts: [
          "lists/all.csv": """
          path,label,original
          real/a.jpg,real,
          real/b.jpg,real,
          x/c.jpg,real,
          y/c.jpg,real,
          1.jpg,fake,a
          2.jpg,fake,b.mp4
          3.jpg,fake,y/c
          4.jpg,fake,c

          """
        ])
      let scan = try csv(tree)
      let originals = scan.sources.filter { $0.label == .fake }.sorted { $0.path < $1.path }.map(\.original)
      #expect(originals == ["real/a.jpg", "real/b.jpg", "y/c.jpg", "c"])
      #expect(scan.notes.contains { $0.contains("3 originals are not named by their path; found by their names") })
      #expect(scan.says("names an original by a name that several real clips have", at: "4.jpg"))
      #expect(scan.missing == ["c"])
    }
  }

  @Test func csvRefusesUnknownSplitsAndRealsWithOriginals() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["a.mp4", "b.mp4", "c.mp4"],
        texts: [
          "lists/all.csv":
            "path,label,split,original\na.mp4,real,dev,\nb.mp4,real,train,a.mp4\nc.mp4,fake,valid,z.mp4\n"
        ])
      let scan = try csv(tree)
      #expect(scan.labelled == ["1 c.mp4"] && scan.missing == ["z.mp4"])
      #expect(scan.says("line 2, 'dev', is a split that is not train", at: "lists/all.csv"))
      #expect(scan.says("line 3, 'b.mp4', is real and names an original", at: "lists/all.csv"))
      #expect(scan.unexpected.isEmpty, "a clip whose line is refused is named nevertheless")
    }
  }

  // MARK: - WebDataset

  @discardableResult
  private func shell(_ command: String, in folder: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private static let long = String(repeating: "directory-of-a-long-name/", count: 8) + "0003"

  /// Shards written by the system's tar in the formats there are.
  @Test(arguments: ["ustar", "gnu", "pax"])
  func webDatasetReadsMembersOfTars(format: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let long = format == "ustar" ? "0003" : Self.long
      let tree = try Tree(
        folder,
        texts: [
          "in/0001.jpg": "picture one", "in/0001.cls": "1\n", "in/0001.json": #"{"method": "swap", "identity": 7}"#,
          "in/0002.png": "picture two", "in/0002.cls": "0", "in/\(long).jpg": "three", "in/\(long).cls": "1",
          "in/0004.cls": "1", "in/0005.jpg": "x", "in/0005.cls": "2", "in/0006.jpg": "", "in/0006.cls": "1",
          "in/._0001.jpg": "resource",
        ])
      try FileManager.default.createDirectory(at: folder.appending(path: "root/s"), withIntermediateDirectories: true)
      let status = try shell(
        "tar --format=\(format) --sort=name -cf ../root/s/train-000000.tar *", in: folder.appending(path: "in"))
      #expect(status == 0)
      let scan = try tree.scan("webdataset", LayoutOptions(label: "cls", one: .fake), below: "root")
      let shard = "s/train-000000.tar"
      #expect(
        scan.labelled
          == ["1 \(shard)/0001.jpg", "0 \(shard)/0002.png", "1 \(shard)/\(long).jpg"].sorted {
            $0.dropFirst(2) < $1.dropFirst(2)
          })
      let bytes = try Data(contentsOf: folder.appending(path: "root/\(shard)"))
      func content(_ source: Source?) -> String? {
        source?.member.map { String(decoding: bytes[$0.offset..<($0.offset + $0.length)], as: UTF8.self) }
      }
      let first = try #require(scan.source("\(shard)/0001.jpg"))
      #expect(content(first) == "picture one" && first.member?.archive == shard)
      #expect(first.method == "swap" && first.identity == "7" && first.officialSplit == "train")
      #expect(content(scan.source("\(shard)/0002.png")) == "picture two")
      #expect(content(scan.source("\(shard)/\(long).jpg")) == "three")
      #expect(
        scan.problemPlaces == ["warning \(shard)/0004", "error \(shard)/0005.jpg", "error \(shard)/0006.jpg"])
      #expect(Set(scan.sources.map(\.path)).count == scan.sources.count)
    }
  }

  @Test func webDatasetReadsAKeyOfTheJSON() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        texts: [
          "in/a.jpg": "1", "in/a.json": #"{"is": "fake", "family": "d/x", "officialSplit": "validation"}"#,
          "in/b.jpg": "2",
          "in/b.json": #"{"is": true}"#, "in/c.jpg": "3", "in/c.json": "{\"is\"", "in/d.jpg": "4",
          "in/d.json": #"{"is": 1}"#,
        ])
      #expect(try shell("mkdir ../root && tar -cf ../root/x.tar *", in: folder.appending(path: "in")) == 0)
      let scan = try tree.scan("webdataset", LayoutOptions(label: "json:is"), below: "root")
      #expect(scan.labelled == ["1 x.tar/a.jpg"])
      #expect(scan.sources[0].original == "d/x" && scan.sources[0].officialSplit == "validation")
      #expect(scan.says("has no label in json:is; left out (and 1 more: x.tar/c.jpg)", at: "x.tar/b.jpg"))
      #expect(scan.says("say in datasets.toml which is meant", at: "x.tar/d.jpg"))
      #expect(
        try tree.scan("webdataset", LayoutOptions(label: "json:is", one: .real), below: "root").labelled
          == ["1 x.tar/a.jpg", "0 x.tar/d.jpg"])
    }
  }

  @Test func aCutOrForeignTarIsAnErrorThatSaysWhatWasLost() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, texts: ["in/a.cls": "fake", "in/a.jpg": "1", "in/b.cls": "real", "in/b.jpg": "2"])
      #expect(try shell("mkdir ../root && tar --sort=name -cf ../root/x.tar *", in: folder.appending(path: "in")) == 0)
      let shard = folder.appending(path: "root/x.tar")
      let whole = try Data(contentsOf: shard)
      try whole.prefix(512 * 7 + 1).write(to: shard)
      let cut = try tree.scan("webdataset", LayoutOptions(label: "cls"), below: "root")
      #expect(cut.labelled == ["1 x.tar/a.jpg", "0 x.tar/b.jpg"] && cut.problems.isEmpty, "the last content is whole")
      try whole.prefix(512 * 7).write(to: shard)
      let short = try tree.scan("webdataset", LayoutOptions(label: "cls"), below: "root")
      #expect(short.labelled == ["1 x.tar/a.jpg"])
      #expect(short.says("the samples from 'b' on are not read", at: "x.tar"))
      try Data("not a tar".utf8 + Data(repeating: 1, count: 2000)).write(to: shard)
      #expect { try tree.scan("webdataset", LayoutOptions(label: "cls"), below: "root") } throws: { error in
        "\(error)".contains("no tar header at byte 0") && "\(error)".contains("nothing of it is read")
      }
    }
  }
}
