import Datasets
import Foundation
import Records
import TestSupport
import Testing

@Suite struct PictureReaderTests {
  @Test func celebAIsRealWithPartitionsAndIdentities() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let place = "img_align_celeba"
      let tree = try Tree(
        folder, ["\(place)/000001.jpg", "\(place)/000002.jpg", "\(place)/x.jpg", "other/y.jpg"],
        texts: [
          "list_eval_partition.txt": "000001.jpg 0\n000002.jpg 2\n000003.jpg 1\n000004.jpg 7\n000001.jpg 0\n",
          "identity_CelebA.txt": "000001.jpg 2880\n000002.jpg 2880\n",
        ])
      let scan = try tree.scan("celeba")
      #expect(scan.labelled == ["0 \(place)/000001.jpg", "0 \(place)/000002.jpg", "0 \(place)/x.jpg"])
      #expect(scan.sources.map(\.officialSplit) == ["train", "test", nil])
      #expect(scan.sources.map(\.identity) == ["2880", "2880", nil])
      #expect(scan.missing == ["\(place)/000003.jpg"] && scan.unexpected == ["other/y.jpg"])
      #expect(scan.says("line 4, '000004.jpg 7', is not a picture and 0, 1 or 2", at: "list_eval_partition.txt"))
      #expect(scan.says("line 5, '000001.jpg 0', names a picture a second time", at: "list_eval_partition.txt"))
      #expect(scan.says("not a name of CelebA", at: "\(place)/x.jpg"))
      #expect(scan.says("not in list_eval_partition", at: "\(place)/x.jpg"))
      #expect(scan.expectedSplits["train"]?.reals == 162_770 && scan.expected?.clips == 202_599)
    }
  }

  @Test func celebAAsKaggleHasIt() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let place = "img_align_celeba/img_align_celeba"
      let tree = try Tree(
        folder, ["\(place)/000001.jpg"],
        texts: ["list_eval_partition.csv": "image_id,partition\r\n000001.jpg,1\r\n"])
      let scan = try tree.scan("celeba")
      #expect(scan.sources.map(\.officialSplit) == ["validation"])
      #expect(scan.problemPlaces == ["warning identity_CelebA.txt"] && scan.unexpected.isEmpty)
    }
  }

  @Test(arguments: ["", "real-vs-fake/", "real_vs_fake/real-vs-fake/"])
  func styleGANListIsInverted(base: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        ["train/real/1.jpg", "train/fake/2.jpg", "valid/real/3.jpg", "test/fake/4.jpg", "test/other/5.jpg"].map {
          base + $0
        },
        texts: [
          "train.csv": """
          ,original_path,id,label,label_str,path
          0,/kaggle/1.jpg,1,1,real,train/real/1.jpg
          1,/kaggle/2.jpg,2,0,fake,train\\fake\\2.jpg
          2,/kaggle/9.jpg,9,0,fake,train/fake/9.jpg
          """
        ])
      let scan = try tree.scan("stylegan-140k")
      #expect(
        scan.labelled == [
          "1 \(base)test/fake/4.jpg", "1 \(base)train/fake/2.jpg", "0 \(base)train/real/1.jpg",
          "0 \(base)valid/real/3.jpg",
        ])
      #expect(scan.sources.map(\.officialSplit) == ["test", "train", "train", "validation"])
      #expect(scan.sources.map(\.method) == ["StyleGAN", "StyleGAN", nil, nil])
      #expect(scan.missing == ["\(base)train/fake/9.jpg"] && scan.unexpected == ["\(base)test/other/5.jpg"])
      #expect(scan.problems.isEmpty, "\(scan.problems)")
      #expect(scan.notes.contains { $0.hasPrefix("train.csv: 1 = real, 0 = fake") })
      try tree.write("path,label\ntrain/real/1.jpg,1\ntrain/fake/2.jpg,1\n", to: "train.csv")
      #expect(try tree.scan("stylegan-140k").says("1 of 2 labels contradict the folders", at: "train.csv"))
    }
  }

  @Test(arguments: ["img", "StyleGAN/img"])
  func styleGANFlatFolderIsFake(place: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(folder, ["\(place)/a.png", "other/b.png"])
      let scan = try tree.scan("stylegan-140k")
      #expect(scan.labelled == ["1 \(place)/a.png"] && scan.unexpected == ["other/b.png"])
    }
  }

  @Test(arguments: ["", "phase1/"])
  func multiFFDIIsOneForFake(base: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      func name(_ digit: Int) -> String { String(repeating: String(digit), count: 32) + ".jpg" }
      let tree = try Tree(
        folder,
        [
          "trainset/\(name(1))", "trainset/\(name(2))", "trainset/\(name(3))", "valset/short.jpg", "valset/\(name(4))",
          "testset1_seen/\(name(5))",
        ].map { base + $0 },
        texts: [
          base + "trainset_label.txt":
            "\u{FEFF}img_name,target\r\n\(name(1)),1\r\n\(name(2)),0\r\n\(name(6)),1\r\nbad,2\r\n\(name(1)),0\r\n",
          base + "val_label.txt": "short.jpg,0\n\(name(4)),1\n",
        ])
      let scan = try tree.scan("multiffdi")
      #expect(
        scan.labelled == [
          "0 \(base)trainset/\(name(2))", "1 \(base)valset/\(name(4))", "0 \(base)valset/short.jpg",
        ])
      #expect(scan.sources.map(\.officialSplit) == ["train", "validation", "validation"])
      #expect(scan.says("named both real and fake; the clip is left out", at: "\(base)trainset/\(name(1))"))
      #expect(scan.missing == ["\(base)trainset/\(name(6))"])
      #expect(scan.unexpected == ["\(base)trainset/\(name(3))"])
      #expect(scan.says("line 5, 'bad,2', is not a file name", at: "\(base)trainset_label.txt"))
      #expect(scan.says("has no header img_name,target", at: "\(base)val_label.txt"))
      #expect(scan.says("not named by an MD5 digest", at: "\(base)valset/short.jpg"))
      #expect(scan.notes.contains { $0.contains("testset1_seen: 1 pictures without published labels") })
      #expect(scan.notes.contains("\(base)trainset_label.txt: 1 = fake, 0 = real"))
    }
  }

  @Test func df40ReadsMethodsDomainsAndVideos() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "test/simswap/ff/frames/000_003/001.png", "test/simswap/ff/landmarks/000_003/001.png",
          "test/simswap/cdf/frames/id0_id1_0000/1.png", "train/ddim/ff/7.png", "heygen/fake/clip1/0.png",
          "heygen/real/clip2/0.png", "notes/x/y.png",
        ])
      let scan = try tree.scan("df40")
      #expect(
        scan.labelled == [
          "1 heygen/fake/clip1/0.png", "0 heygen/real/clip2/0.png", "1 test/simswap/cdf/frames/id0_id1_0000/1.png",
          "1 test/simswap/ff/frames/000_003/001.png", "1 train/ddim/ff/7.png",
        ])
      #expect(scan.sources.map(\.officialSplit) == [nil, nil, "test", "test", "train"])
      #expect(scan.sources.map(\.method) == ["heygen", nil, "simswap", "simswap", "ddim"])
      #expect(scan.sources.map(\.identity) == [nil, nil, "cdf-id0", "ff-000", nil])
      #expect(scan.sources.map(\.donor) == [nil, nil, "cdf-id1", "ff-003", nil])
      #expect(
        scan.sources.map(\.sourceVideo) == ["heygen/fake/clip1", "heygen/real/clip2", "cdf-id0_0000", "ff-000", nil])
      #expect(scan.unexpected == ["notes/x/y.png"] && scan.problemPlaces == ["warning notes"])
      try FileManager.default.removeItem(at: folder.appending(path: "heygen/real"))
      #expect(try tree.scan("df40").notes.contains { $0.hasPrefix("all fake: to train or to measure takes") })
    }
  }

  /// As the README draws the tree: the reals in `Real`, pictures right in `img`, `fake_imgs`.
  @Test func supConTreeOfTheReadme() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "DFDC_imgs/a/0.png", "DFDC_imgs/b/0.png", "DFDC_imgs/unknown/0.png",
          "FaceForensics++/train_set/Real/img/1.png",
          "FaceForensics++/train_set/Deepfakes/img/1.png", "FaceForensics++/test_set/Strange/img/1.png",
          "StyleGAN/img/s.png", "CelebDF/youtube_real_imgs/img/1.png", "CelebDF/fake_imgs/img/1.png",
          "CelebDF/other/img/1.png", "CelebA/img/c.jpg", "more/x.png",
        ],
        texts: [
          "DFDC_videos/dfdc_train_part_0/metadata.json":
            #"{"a.mp4": {"label": "REAL"}, "b.mp4": {"label": "FAKE", "original": "a.mp4"}, "c.mp4": {"label": "FAKE"}}"#
        ])
      let scan = try tree.scan("supcon-mpl")
      #expect(
        scan.labelled == [
          "0 CelebA/img/c.jpg", "1 CelebDF/fake_imgs/img/1.png", "0 CelebDF/youtube_real_imgs/img/1.png",
          "0 DFDC_imgs/a/0.png", "1 DFDC_imgs/b/0.png", "1 FaceForensics++/train_set/Deepfakes/img/1.png",
          "0 FaceForensics++/train_set/Real/img/1.png", "1 StyleGAN/img/s.png",
        ])
      #expect(
        scan.source("DFDC_imgs/b/0.png")?.sourceVideo == "a" && scan.source("DFDC_imgs/a/0.png")?.sourceVideo == "a")
      #expect(scan.source("FaceForensics++/train_set/Deepfakes/img/1.png")?.method == "Deepfakes")
      #expect(scan.source("FaceForensics++/train_set/Deepfakes/img/1.png")?.officialSplit == "train")
      #expect(scan.missing == ["DFDC_imgs/c"])
      #expect(
        scan.unexpected == [
          "CelebDF/other/img/1.png", "DFDC_imgs/unknown/0.png", "FaceForensics++/test_set/Strange/img/1.png",
          "more/x.png",
        ])
      #expect(scan.says("1 videos are in no metadata.json", at: "DFDC_imgs"))
      #expect(scan.says("have no label", at: "CelebDF/other"))
    }
  }

  /// As its code reads the tree: the reals in `Original`, a folder per video, `fake`, boxes beside the parts.
  @Test func supConTreeOfTheCode() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let tree = try Tree(
        folder,
        [
          "DFDC10_imgs/b/0.png", "FaceForensics++/test_set/Original/071/img/1.png",
          "FaceForensics++/test_set/NeuralTextures/071_054/img/1.png", "CelebDF/fake/img/1.png",
          "DFDC10_videos/boxes/b.png",
        ],
        texts: ["DFDC10_videos/part_10/metadata.json": #"{"b.mp4": {"label": "FAKE", "original": "a.mp4"}}"#])
      let scan = try tree.scan("supcon-mpl")
      let fake = try #require(scan.source("FaceForensics++/test_set/NeuralTextures/071_054/img/1.png"))
      #expect(fake.label == .fake && fake.identity == "071" && fake.donor == "054" && fake.sourceVideo == "071")
      let real = try #require(scan.source("FaceForensics++/test_set/Original/071/img/1.png"))
      #expect(
        real.label == .real && real.identity == "071" && real.sourceVideo == "071" && real.officialSplit == "test")
      #expect(scan.source("CelebDF/fake/img/1.png")?.label == .fake)
      #expect(scan.source("DFDC10_imgs/b/0.png")?.officialSplit == "test")
      #expect(scan.unexpected.isEmpty && scan.problems.isEmpty)
    }
  }
}
