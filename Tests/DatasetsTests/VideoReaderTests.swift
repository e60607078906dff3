import Datasets
import Foundation
import Records
import TestSupport
import Testing

@Suite struct VideoReaderTests {
  @Test func dfdcPreviewReadsWordsSetsAndIdentities() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "original_videos/12/12_A.mp4", "method_A/12/12_34_A.mp4", "method_B/12/b.mp4", "method_A/12/new.mp4",
          "x/y.mp4",
        ],
        texts: [
          "dataset.json": """
          {"original_videos/12/12_A.mp4": {"label": "real", "set": "train", "target_id": 12, "swapped_id": null},
           "method_A\\\\12\\\\12_34_A.mp4": {"label": "fake", "set": "test", "target_id": "12", "swapped_id": "34"},
           "method_B/12/b.mp4": {"label": "real", "set": "holdout", "target_id": 12},
           "method_B/12/gone.mp4": {"label": "fake", "set": "train", "target_id": 12, "swapped_id": 5}}
          """
        ])
      let scan = try tree.scan("dfdc-preview")
      #expect(
        scan.labelled == ["1 method_A/12/12_34_A.mp4", "0 method_B/12/b.mp4", "0 original_videos/12/12_A.mp4"])
      let fake = try #require(scan.source("method_A/12/12_34_A.mp4"))
      #expect(fake.identity == "12" && fake.donor == "34" && fake.method == "method_A" && fake.officialSplit == "test")
      let real = try #require(scan.source("original_videos/12/12_A.mp4"))
      #expect(real.identity == "12" && real.donor == nil && real.method == nil && real.officialSplit == "train")
      #expect(scan.missing == ["method_B/12/gone.mp4"])
      #expect(scan.unexpected == ["method_A/12/new.mp4", "x/y.mp4"])
      #expect(scan.says("written with backslashes", at: fake.path))
      #expect(scan.says("contradicts the folder", at: "method_B/12/b.mp4"))
      #expect(scan.says("a set that is not train or test", at: "method_B/12/b.mp4 ('holdout')"))
      #expect(scan.expected?.text == "1131 real, 4119 fake")
    }
  }

  @Test func dfdcPreviewWithACutListIsAnError() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, ["method_A/a.mp4"], texts: ["dataset.json": "{\"method_A/a.mp4\": {\"lab"])
      #expect { try tree.scan("dfdc-preview") } throws: { "\($0)".contains("dataset.json: cut off, or not the list") }
    }
  }

  @Test func celebDFPlusReadsFamiliesOfMethodsAndAnInvertedList() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let swap = "Celeb-synthesis/FaceSwap/SimSwap"
      let tree = try Tree(
        folder,
        [
          "Celeb-real/id1_0002.mp4", "YouTube-real/00170.mp4", "\(swap)/id1_id2_0002.mp4", "\(swap)/id2_id1_0005.mp4",
          "Celeb-synthesis/FaceReenact/LIA/id1_id2_0002.mp4", "Celeb-synthesis/TalkingFace/FLOAT/id1_0002_x.mp4",
          "Celeb-synthesis/TalkingFace/FLOAT/odd.mp4", "Celeb-synthesis/id1_id3_0002.mp4", "New/z.mp4",
        ],
        texts: [
          "List_of_testing_videos.txt":
            "1 YouTube-real/00170.mp4\n0 \(swap)/id1_id2_0002.mp4\n0 \(swap)/id9_id2_0001.mp4\n"
        ])
      let scan = try tree.scan("celeb-df-pp")
      #expect(
        scan.sources.filter { $0.label == .real }.map(\.path) == ["Celeb-real/id1_0002.mp4", "YouTube-real/00170.mp4"])
      #expect(scan.sources.filter { $0.label == .fake }.count == 5)
      let fake = try #require(scan.source("\(swap)/id1_id2_0002.mp4"))
      #expect(fake.method == "FaceSwap/SimSwap" && fake.original == "Celeb-real/id1_0002.mp4")
      #expect(fake.identity == "id1" && fake.donor == "id2" && fake.officialSplit == "test")
      let reenacted = try #require(scan.source("Celeb-synthesis/FaceReenact/LIA/id1_id2_0002.mp4"))
      #expect(reenacted.method == "FaceReenact/LIA" && reenacted.original == "Celeb-real/id1_0002.mp4")
      #expect(reenacted.officialSplit == "train")
      let talking = try #require(scan.source("Celeb-synthesis/TalkingFace/FLOAT/id1_0002_x.mp4"))
      #expect(talking.identity == "id1" && talking.donor == nil && talking.original == "Celeb-real/id1_0002.mp4")
      #expect(scan.missing == ["\(swap)/id9_id2_0001.mp4", "Celeb-real/id2_0005.mp4"].sorted())
      #expect(scan.unexpected == ["Celeb-synthesis/id1_id3_0002.mp4", "New/z.mp4"])
      #expect(scan.problemPlaces == ["warning Celeb-synthesis/TalkingFace/FLOAT/odd.mp4"])
      #expect(scan.notes.contains { $0.contains("1 = real, 0 = fake") })
      #expect(scan.expectedSplits["test"]?.text == "178 real, 5100 fake")
      #expect(try tree.scan("celeb-df").says("write layout = \"celeb-df-pp\"", at: "Celeb-synthesis"))
    }
  }

  @Test func deeperForensicsTiesItsVariantsToFaceForensicsReals() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let real = "original_sequences/youtube/c23/videos/000.mp4"
      let tree = try Tree(
        folder,
        [
          "manipulated_videos/end_to_end/000_M101.mp4", "manipulated_videos/end_to_end_level_2/000_M101.mp4",
          "manipulated_videos/reenact_postprocess/001_W002.mp4", "manipulated_videos/reenact_postprocess/strange.mp4",
          "manipulated_videos/else/000_M101.mp4", "source_videos/M101/a.mp4", real,
        ],
        texts: [
          "lists/splits/train.txt": "000_M101.mp4\n", "lists/splits/val.txt": "001_W002.mp4\nnot a clip\n",
          "lists/splits/test.txt": "003_W005.mp4\r\n000_M101.mp4\r\n",
        ])
      let scan = try tree.scan("deeperforensics")
      #expect(scan.sources.filter { $0.label == .real }.map(\.path) == [real])
      let fake = try #require(scan.source("manipulated_videos/end_to_end_level_2/000_M101.mp4"))
      #expect(fake.label == .fake && fake.method == "end_to_end" && fake.compression == "level_2")
      #expect(fake.identity == "000" && fake.donor == "M101" && fake.original == real)
      let raw = try #require(scan.source("manipulated_videos/end_to_end/000_M101.mp4"))
      #expect(raw.compression == nil && raw.officialSplit == "test")
      #expect(scan.source(real)?.officialSplit == "test" && scan.source(real)?.identity == "000")
      let family = Family.families(of: scan.sources).first { $0.name == "set/\(real)" }
      #expect(family?.sources.map(\.path) == [real, raw.path, fake.path])
      #expect(scan.missing.contains("original_sequences/youtube/c23/videos/001.mp4"))
      #expect(scan.missing.contains("manipulated_videos/end_to_end/003_W005.mp4"))
      #expect(scan.unexpected == ["manipulated_videos/else/000_M101.mp4"])
      #expect(scan.says("line 2, 'not a clip', is not the name", at: "lists/splits/val.txt"))
      #expect(scan.says("names a clip that is in the split 'train', too", at: "lists/splits/test.txt"))
      #expect(scan.says("not a name of DeeperForensics", at: "manipulated_videos/reenact_postprocess/strange.mp4"))
      #expect(scan.notes.contains { $0.hasPrefix("source_videos:") })
      let chosen = try tree.scan("deeperforensics", LayoutOptions(variants: ["end_to_end", "end_to_end_level_5"]))
      #expect(chosen.sources.count == 2 && chosen.expected?.text == "1000 real, 2000 fake")
      #expect(chosen.problemPlaces.contains("error manipulated_videos/end_to_end_level_5"))
      try FileManager.default.removeItem(at: folder.appending(path: "original_sequences"))
      let without = try tree.scan("deeperforensics")
      #expect(without.says("the dataset has no real clip", at: "original_sequences/youtube/c23/videos"))
    }
  }

  @Test func uadfvTiesFakesToReals() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["real/0000.mp4", "fake/0000_fake.mp4", "fake/0007_fake.mp4", "fake/odd.mp4", "more/x.mp4"])
      let scan = try tree.scan("uadfv")
      #expect(scan.labelled == ["1 fake/0000_fake.mp4", "1 fake/0007_fake.mp4", "1 fake/odd.mp4", "0 real/0000.mp4"])
      #expect(scan.source("fake/0000_fake.mp4")?.original == "real/0000.mp4")
      #expect(scan.missing == ["real/0007.mp4"] && scan.unexpected == ["more/x.mp4"])
      #expect(scan.problemPlaces == ["warning fake/odd.mp4"])
      #expect(Family.families(of: scan.sources).map(\.sources.count) == [1, 2, 1])
    }
  }

  @Test func aNameThatContradictsItsFolderIsAWarning() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "real/a.jpg", "real/x_Fake_1.png", "real/fakery.png", "fake/real-or-fake.png", "fake/12_fake_faces.jpg",
          "fake/vreal.jpg",
        ])
      #expect(try tree.scan("folder").problemPlaces == ["warning real/x_Fake_1.png"])
    }
  }

  @Test func faceForensicsNotesVideosInTwoSplits() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder, ["original_sequences/youtube/c23/videos/605.mp4", "original_sequences/youtube/c23/videos/606.mp4"],
        texts: [
          "splits/train.json": "[[\"605\", \"591\"]]", "splits/val.json": "[[\"606\", \"567\"], [\"12\", \"013\"]]",
          "splits/test.json": "[]",
          "conversion_dict.json": "{\"605\": \"abc 1\", \"606\": \"abc 2\", \"591\": \"x 0\"}",
        ])
      let scan = try tree.scan("faceforensics")
      #expect(scan.notes.contains { $0.hasPrefix("1 YouTube videos have sequences in two official splits (605/606)") })
      #expect(scan.says("'12' is not a sequence of three digits", at: "splits/val.json"))
    }
  }
}
