import Datasets
import Foundation
import Records
import TestSupport
import Testing

@Suite struct ReaderTests {
  @Test func dfdcReadsLabelsOriginalsAndWhatIsNotThere() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["dfdc_train_part_3/a.mp4", "dfdc_train_part_3/b.mp4", "dfdc_train_part_3/new.mp4", "other/x.mp4"],
        texts: [
          "dfdc_train_part_3/metadata.json": """
          {"a.mp4": {"label": "REAL", "split": "train", "original": null},
           "b.mp4": {"label": "FAKE", "split": "train", "original": "a.mp4"},
           "c.mp4": {"label": "FAKE", "split": "train", "original": "a.mp4"}}
          """
        ])
      let scan = try tree.scan("dfdc")
      #expect(scan.sources.map(\.path) == ["dfdc_train_part_3/a.mp4", "dfdc_train_part_3/b.mp4"])
      let fake = try #require(scan.source("dfdc_train_part_3/b.mp4"))
      #expect(fake.label == .fake && fake.original == "dfdc_train_part_3/a.mp4" && fake.officialSplit == "train")
      #expect(fake.dataset == "set" && fake.domain == "known" && fake.role == .train)
      #expect(scan.source("dfdc_train_part_3/a.mp4")?.label == .real)
      #expect(scan.missing == ["dfdc_train_part_3/c.mp4"])
      #expect(scan.unexpected == ["dfdc_train_part_3/new.mp4", "other/x.mp4"])
      #expect(scan.problems.isEmpty && scan.notes.contains { $0.contains("REAL and FAKE") })
      #expect(Family.families(of: scan.sources).map(\.sources.count) == [2])
    }
  }

  @Test func dfdcReportsPartsWithoutLabels() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "dfdc_train_part_0/a.mp4", "dfdc_train_part_1/b.mp4", "dfdc_train_part_2/c.mp4", "dfdc_train_part_2/d.mp4",
        ],
        texts: [
          "dfdc_train_part_1/metadata.json": "{\"b.mp4\": {\"label\": \"FA",
          "dfdc_train_part_2/metadata.json": """
          {"c.mp4": {"label": "fake"}, "d.mp4": {"label": "FAKE"}}
          """,
        ])
      let scan = try tree.scan("dfdc")
      #expect(scan.sources.map(\.path) == ["dfdc_train_part_2/d.mp4"])
      #expect(scan.unexpected == ["dfdc_train_part_0/a.mp4", "dfdc_train_part_1/b.mp4"])
      #expect(
        scan.problemPlaces == [
          "error dfdc_train_part_0/metadata.json", "error dfdc_train_part_1/metadata.json",
          "error dfdc_train_part_2/c.mp4", "warning dfdc_train_part_2/d.mp4",
        ])
      let chosen = try tree.scan("dfdc", LayoutOptions(parts: [2, 7]))
      #expect(chosen.problemPlaces.contains("error dfdc_train_part_7") && chosen.unexpected.isEmpty)
    }
  }

  @Test func dfdcTestFolderIsOneForFake() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["test/videos/a.mp4", "test/videos/b.mp4", "test/videos/z.mp4"],
        texts: ["test/labels.csv": "filename,label\r\na.mp4,1\r\nb.mp4,0\r\nc.mp4,0\r\nbroken\r\n"])
      let scan = try tree.scan("dfdc")
      #expect(scan.source("test/videos/a.mp4")?.label == .fake && scan.source("test/videos/b.mp4")?.label == .real)
      #expect(scan.sources.allSatisfy { $0.officialSplit == "test" })
      #expect(scan.missing == ["test/videos/c.mp4"] && scan.unexpected == ["test/videos/z.mp4"])
      #expect(scan.problems.map(\.message) == ["line 5, 'broken', is not a file name, a comma and 0 or 1"])
    }
  }

  @Test func celebDFListIsInvertedAndHasNoHeader() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "Celeb-real/id1_0002.mp4", "Celeb-real/id2_0000.mp4", "YouTube-real/00170.mp4",
          "Celeb-synthesis/id1_id2_0002.mp4", "Celeb-synthesis/id2_id1_0005.mp4", "Celeb-synthesis/odd.mp4",
        ],
        texts: [
          "List_of_testing_videos.txt":
            "1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id1_id2_0002.mp4\n1 Celeb-real/id9_0000.mp4\n"
        ])
      let scan = try tree.scan("celeb-df")
      let youtube = try #require(scan.source("YouTube-real/00170.mp4"))
      #expect(youtube.label == .real && youtube.officialSplit == "test", "the first line is no header")
      let fake = try #require(scan.source("Celeb-synthesis/id1_id2_0002.mp4"))
      #expect(fake.label == .fake && fake.officialSplit == "test")
      #expect(fake.identity == "id1" && fake.donor == "id2" && fake.original == "Celeb-real/id1_0002.mp4")
      let real = try #require(scan.source("Celeb-real/id1_0002.mp4"))
      #expect(real.identity == "id1" && real.officialSplit == "train" && real.label == .real)
      #expect(scan.missing == ["Celeb-real/id2_0005.mp4", "Celeb-real/id9_0000.mp4"])
      #expect(scan.notes.contains { $0.contains("1 = real, 0 = fake") })
      #expect(scan.problemPlaces == ["warning Celeb-synthesis/odd.mp4", "warning List_of_testing_videos.txt"])

      let (list, first, second) = (
        "List_of_testing_videos.txt", "YouTube-real/00170.mp4", "Celeb-synthesis/id1_id2_0002.mp4"
      )
      try tree.write("0 \(first)\n1 \(second)\n", to: list)
      let turned = try tree.scan("celeb-df")
      #expect(turned.notes.contains { $0.contains("1 = fake") } && turned.source(first)?.label == .real)
      try tree.write("0 \(first)\n0 \(second)\n", to: list)
      #expect(try tree.scan("celeb-df").problems.contains { $0.message.hasPrefix("1 of 2 digits contradict") })
    }
  }

  @Test func celebDFCutListIsAProblem() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["Celeb-real/id1_0002.mp4"],
        texts: ["List_of_testing_videos.txt": "1 Celeb-real/id1_0002.mp4\n0 Celeb-synthesis/id4_id30"])
      let scan = try tree.scan("celeb-df")
      let problem = try #require(scan.problems.first { $0.severity == .error })
      #expect(problem.message.hasPrefix("line 2, '0 Celeb-synthesis/id4_id30', names no clip"))
      #expect(problem.message.hasSuffix("It is the last: the list may be cut"))
      #expect(scan.source("Celeb-real/id1_0002.mp4")?.officialSplit == "test")
    }
  }

  @Test func faceForensicsReadsPairsSplitsAndSourceVideos() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "original_sequences/youtube/c23/videos/071.mp4", "original_sequences/youtube/c40/videos/071.mp4",
          "manipulated_sequences/FaceSwap/c23/videos/071_054.mp4",
          "manipulated_sequences/FaceSwap/c23/videos/720_071.mp4",
          "manipulated_sequences/FaceSwap/c23/videos/strange.mp4", "manipulated_sequences/FaceSwap/c7/videos/1.mp4",
          "manipulated_sequences/New/c23/videos/000_001.mp4",
          "manipulated_sequences/FaceSwap/masks/videos/071_054.mp4",
          "original_sequences/actors/c23/videos/01__kitchen_pan.mp4",
          "manipulated_sequences/DeepFakeDetection/c23/videos/01_02__kitchen_pan__YVGY8LOK.mp4",
        ],
        texts: [
          "splits/train.json": "[[\"071\", \"054\"]]", "splits/val.json": "[[\"720\", \"672\"]]",
          "splits/test.json": "[]",
          "conversion_dict.json": "{\"071\": \"ab-C_d 3\", \"720\": \"ab-C_d 1\"}",
        ])
      let scan = try tree.scan("faceforensics", LayoutOptions(compression: ["c23"]))
      let fake = try #require(scan.source("manipulated_sequences/FaceSwap/c23/videos/071_054.mp4"))
      #expect(fake.label == .fake && fake.method == "FaceSwap" && fake.compression == "c23")
      #expect(fake.identity == "071" && fake.donor == "054" && fake.sourceVideo == "ab-C_d")
      #expect(fake.original == "original_sequences/youtube/c23/videos/071.mp4" && fake.officialSplit == "train")
      #expect(fake.mask == "manipulated_sequences/FaceSwap/masks/videos/071_054.mp4")
      let crossing = try #require(scan.source("manipulated_sequences/FaceSwap/c23/videos/720_071.mp4"))
      #expect(crossing.mask == nil)
      #expect(crossing.officialSplit == "validation" && crossing.sourceVideo == "ab-C_d")
      #expect(scan.problemPlaces == ["warning \(crossing.path)"])
      let actor = try #require(scan.source("original_sequences/actors/c23/videos/01__kitchen_pan.mp4"))
      #expect(actor.identity == "actor-01" && actor.label == .real && actor.officialSplit == nil)
      let swapped = try #require(
        scan.source("manipulated_sequences/DeepFakeDetection/c23/videos/01_02__kitchen_pan__YVGY8LOK.mp4"))
      #expect(swapped.original == actor.path && swapped.identity == "actor-01" && swapped.donor == "actor-02")
      #expect(scan.sources.count == 5)
      #expect(
        scan.unexpected == [
          "manipulated_sequences/FaceSwap/c23/videos/strange.mp4", "manipulated_sequences/FaceSwap/c7/videos/1.mp4",
          "manipulated_sequences/New/c23/videos/000_001.mp4",
        ])
      #expect(scan.missing.contains("manipulated_sequences/FaceSwap/c23/videos/054_071.mp4"))
      #expect(scan.missing.contains("original_sequences/youtube/c23/videos/672.mp4"))
      #expect(scan.expected?.reals == 1363 && scan.expected?.fakes == 4068)
      #expect(try tree.scan("faceforensics").sources.count == 6, "all compressions without the option")
      #expect(
        try tree.scan("faceforensics", LayoutOptions(compression: ["c23", "raw"])).problemPlaces.contains("error "))
    }
  }

  @Test func folderTakesVideosAndImagesAtAnyDepth() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["Real/a.MP4", "Real/b/c.jpg", "fake/d.png", "fake/notes.txt", "fake/.hidden.png", "more/e.webm"])
      let scan = try tree.scan("folder")
      let read = scan.sources.map { "\($0.label.rawValue) \($0.path)" }
      #expect(read == ["0 Real/a.MP4", "0 Real/b/c.jpg", "1 fake/d.png"])
      #expect(scan.unexpected == ["more/e.webm"] && scan.problems.isEmpty)
      try FileManager.default.removeItem(at: folder.appending(path: "Real"))
      #expect(try tree.scan("folder").problemPlaces == ["warning real/"])
    }
  }

  @Test func summaryCountsBySplitAndSaysPolarity() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["Celeb-real/id1_0002.mp4", "Celeb-synthesis/id1_id2_0002.mp4", "Celeb-synthesis/id1_id3_0002.mp4"],
        texts: ["List_of_testing_videos.txt": "0 Celeb-synthesis/id1_id2_0002.mp4\n1 Celeb-real/id7_0000.mp4\n"])
      let declaration = DatasetDeclaration(name: "c", layout: "celeb-df", root: tree.path, license: "terms")
      let summary = DatasetSummary(try DatasetReaders.scan(declaration), declaration: declaration)
      #expect(summary.splits.map { "\($0.name) \($0.reals) \($0.fakes)" } == ["train 1 1", "test 0 1"])
      let rows = summary.rows.map { "\($0.name): \($0.value)" }
      #expect(rows.contains("found: 3: 1 real, 2 fake (full set: 890 real, 5639 fake)"))
      #expect(rows.contains("missing: 1 that a list or a fake names: Celeb-real/id7_0000.mp4"))
      #expect(rows.contains { $0.hasPrefix("read: List_of_testing_videos.txt: 1 = real") })
      let json = try CanonicalJSON.data(summary)
      #expect(try CanonicalJSON.decode(DatasetSummary.self, from: json) == summary)
    }
  }

  @Test func summaryCountsByMethodCompressionAndRole() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "original_sequences/youtube/c23/videos/071.mp4", "manipulated_sequences/FaceSwap/c23/videos/071_054.mp4",
          "manipulated_sequences/FaceSwap/c40/videos/071_054.mp4",
          "manipulated_sequences/Deepfakes/c23/videos/071_054.mp4",
        ])
      let declaration = DatasetDeclaration(name: "f", layout: "faceforensics", root: tree.path)
      var scan = try DatasetReaders.scan(declaration)
      var summary = DatasetSummary(scan, declaration: declaration)
      func lines(_ counts: [DatasetSummary.Count]) -> [String] { counts.map { "\($0.name) \($0.reals) \($0.fakes)" } }
      #expect(lines(summary.methods) == ["Deepfakes 0 1", "FaceSwap 0 2"])
      #expect(lines(summary.compressions) == ["c23 1 2", "c40 0 1"])
      #expect(summary.roles.isEmpty && lines(summary.splits) == ["none 1 3"])
      scan.sources[0].role = .test
      summary = DatasetSummary(scan, declaration: declaration)
      #expect(lines(summary.roles) == ["test 0 1", "train 1 2"])
      let rows = summary.rows.map { "\($0.name): \($0.value)" }
      #expect(rows.contains("  method FaceSwap: 0 real, 2 fake") && rows.contains("  role test: 0 real, 1 fake"))
      #expect(rows.contains("input: frame: the face is to be found"))
    }
  }
}
