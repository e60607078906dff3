import Datasets
import Foundation
import Records
import TestSupport
import Testing

/// Every field of every reader, by one example of each kind of clip that a layout has.
@Suite struct FieldsTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var layout: String
    var options = LayoutOptions()
    var files: [String] = []
    var texts: [String: String] = [:]
    /// `path label method original identity donor split compression source-video`, a dash for what is not known.
    var expected: [String]

    var testDescription: String { layout }
  }

  static func line(_ source: Source) -> String {
    ([source.path, source.label.name]
      + [
        source.method, source.original, source.identity, source.donor, source.officialSplit, source.compression,
        source.sourceVideo,
      ].map { $0 ?? "-" }).joined(separator: " ")
  }

  static let examples = [
    Example(
      layout: "celeb-df",
      files: ["Celeb-real/id1_0002.mp4", "YouTube-real/00170.mp4", "Celeb-synthesis/id1_id3_0002.mp4"],
      texts: ["List_of_testing_videos.txt": "1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id1_id3_0002.mp4\n"],
      expected: [
        "Celeb-real/id1_0002.mp4 real - - id1 - train - -",
        "Celeb-synthesis/id1_id3_0002.mp4 fake - Celeb-real/id1_0002.mp4 id1 id3 test - -",
        "YouTube-real/00170.mp4 real - - - - test - -",
      ]),
    Example(
      layout: "celeb-df-pp",
      files: [
        "Celeb-real/id1_0002.mp4", "Celeb-synthesis/FaceSwap/SimSwap/id1_id3_0002.mp4",
        "Celeb-synthesis/TalkingFace/SadTalker/id1_0002.mp4",
      ],
      texts: [
        "List_of_testing_videos.txt": "1 Celeb-real/id1_0002.mp4\n0 Celeb-synthesis/FaceSwap/SimSwap/id1_id3_0002.mp4\n"
      ],
      expected: [
        "Celeb-real/id1_0002.mp4 real - - id1 - test - -",
        "Celeb-synthesis/FaceSwap/SimSwap/id1_id3_0002.mp4 fake FaceSwap/SimSwap Celeb-real/id1_0002.mp4 id1 id3 test - -",
        "Celeb-synthesis/TalkingFace/SadTalker/id1_0002.mp4 fake TalkingFace/SadTalker Celeb-real/id1_0002.mp4 id1 - train - -",
      ]),
    Example(
      layout: "celeba", files: ["img_align_celeba/000001.jpg"],
      texts: ["list_eval_partition.txt": "000001.jpg 2\n", "identity_CelebA.txt": "000001.jpg 2880\n"],
      expected: ["img_align_celeba/000001.jpg real - - 2880 - test - -"]),
    Example(
      layout: "csv", options: LayoutOptions(list: "list.csv"), files: ["a.mp4", "b.mp4"],
      texts: [
        "list.csv": """
        path,label,method,original,identity,donor,source-video,split,compression
        a.mp4,real,,,ann,,yt,val,c23
        b.mp4,fake,Swap,a.mp4,ann,bob,yt,val,c23

        """
      ],
      expected: [
        "a.mp4 real - - ann - validation c23 yt", "b.mp4 fake Swap a.mp4 ann bob validation c23 yt",
      ]),
    Example(
      layout: "deeperforensics",
      files: [
        "manipulated_videos/end_to_end_level_3/000_M101.mp4", "manipulated_videos/reenact_postprocess/000_M101.mp4",
        "original_sequences/youtube/c23/videos/000.mp4",
      ],
      texts: [
        "lists/splits/train.txt": "000_M101.mp4\n", "lists/splits/val.txt": "", "lists/splits/test.txt": "",
      ],
      expected: [
        "manipulated_videos/end_to_end_level_3/000_M101.mp4 fake end_to_end original_sequences/youtube/c23/videos/000.mp4 000 M101 train level_3 -",
        "manipulated_videos/reenact_postprocess/000_M101.mp4 fake reenact_postprocess original_sequences/youtube/c23/videos/000.mp4 000 M101 train - -",
        "original_sequences/youtube/c23/videos/000.mp4 real - - 000 - train c23 -",
      ]),
    Example(
      layout: "df40",
      files: [
        "test/simswap/ff/frames/000_003/001.png", "test/simswap/cdf/frames/id0_id1_0004/1.png",
        "heygen/real/clip/0.png",
      ],
      expected: [
        "heygen/real/clip/0.png real - - - - - - heygen/real/clip",
        "test/simswap/cdf/frames/id0_id1_0004/1.png fake simswap - cdf-id0 cdf-id1 test - cdf-id0_0004",
        "test/simswap/ff/frames/000_003/001.png fake simswap - ff-000 ff-003 test - ff-000",
      ]),
    Example(
      layout: "dfdc", files: ["dfdc_train_part_3/a.mp4", "dfdc_train_part_3/b.mp4", "test/c.mp4"],
      texts: [
        "dfdc_train_part_3/metadata.json":
          #"{"a.mp4": {"label": "REAL", "split": "train"}, "b.mp4": {"label": "FAKE", "split": "train", "original": "a.mp4"}}"#,
        "test/labels.csv": "filename,label\nc.mp4,1\n",
      ],
      expected: [
        "dfdc_train_part_3/a.mp4 real - - - - train - -",
        "dfdc_train_part_3/b.mp4 fake - dfdc_train_part_3/a.mp4 - - train - -",
        "test/c.mp4 fake - - - - test - -",
      ]),
    Example(
      layout: "dfdc-preview", files: ["original_videos/12/12_A.mp4", "method_A/12/12_34_A.mp4"],
      texts: [
        "dataset.json": """
        {"original_videos/12/12_A.mp4": {"label": "real", "set": "train", "target_id": 12, "swapped_id": null},
         "method_A/12/12_34_A.mp4": {"label": "fake", "set": "test", "target_id": 12, "swapped_id": 34}}
        """
      ],
      expected: [
        "method_A/12/12_34_A.mp4 fake method_A - 12 34 test - -",
        "original_videos/12/12_A.mp4 real - - 12 - train - -",
      ]),
    Example(
      layout: "faceforensics",
      files: [
        "original_sequences/youtube/c23/videos/071.mp4", "manipulated_sequences/FaceShifter/c23/videos/071_054.mp4",
        "original_sequences/actors/c40/videos/01__kitchen_pan.mp4",
        "manipulated_sequences/DeepFakeDetection/c40/videos/01_02__kitchen_pan__YVGY8LOK.mp4",
      ],
      texts: [
        "splits/train.json": "[]", "splits/val.json": #"[["071", "054"]]"#, "splits/test.json": "[]",
        "conversion_dict.json": #"{"071": "ab-C_d 3", "054": "xyz 0"}"#,
      ],
      expected: [
        "manipulated_sequences/DeepFakeDetection/c40/videos/01_02__kitchen_pan__YVGY8LOK.mp4 fake DeepFakeDetection original_sequences/actors/c40/videos/01__kitchen_pan.mp4 actor-01 actor-02 - c40 -",
        "manipulated_sequences/FaceShifter/c23/videos/071_054.mp4 fake FaceShifter original_sequences/youtube/c23/videos/071.mp4 071 054 validation c23 ab-C_d",
        "original_sequences/actors/c40/videos/01__kitchen_pan.mp4 real - - actor-01 - - c40 -",
        "original_sequences/youtube/c23/videos/071.mp4 real - - 071 - validation c23 ab-C_d",
      ]),
    Example(
      layout: "folder", files: ["real/x/a.mp4", "fake/b.png"],
      expected: ["fake/b.png fake - - - - - - -", "real/x/a.mp4 real - - - - - - -"]),
    Example(
      layout: "multiffdi",
      files: ["phase1/trainset/\(digest).jpg", "phase1/valset/\(digest).jpg"],
      texts: [
        "phase1/trainset_label.txt": "img_name,target\n\(digest).jpg,1\n",
        "phase1/valset_label.txt": "img_name,target\n\(digest).jpg,0\n",
      ],
      expected: [
        "phase1/trainset/\(digest).jpg fake - - - - train - -",
        "phase1/valset/\(digest).jpg real - - - - validation - -",
      ]),
    Example(
      layout: "stylegan-140k",
      files: [
        "real_vs_fake/real-vs-fake/valid/real/1.jpg", "real_vs_fake/real-vs-fake/test/fake/2.jpg",
      ],
      expected: [
        "real_vs_fake/real-vs-fake/test/fake/2.jpg fake StyleGAN - - - test - -",
        "real_vs_fake/real-vs-fake/valid/real/1.jpg real - - - - validation - -",
      ]),
    Example(
      layout: "supcon-mpl",
      files: [
        "DFDC_imgs/b/0.png", "FaceForensics++/test_set/Deepfakes/071_054/img/1.png",
        "FaceForensics++/train_set/Real/img/1.png", "StyleGAN/img/s.png", "CelebDF/fake/id1_id3_0002/0.png",
        "CelebDF/real/id1_0002/0.png", "CelebDF/youtube_real_imgs/img/1.png", "CelebA/img/c.jpg",
      ],
      texts: ["DFDC_videos/part_0/metadata.json": #"{"b.mp4": {"label": "FAKE", "original": "a.mp4"}}"#],
      expected: [
        "CelebA/img/c.jpg real - - - - - - -",
        "CelebDF/fake/id1_id3_0002/0.png fake Celeb-DF - id1 id3 - - id1_0002",
        "CelebDF/real/id1_0002/0.png real - - id1 - - - id1_0002",
        "CelebDF/youtube_real_imgs/img/1.png real - - - - - - -",
        "DFDC_imgs/b/0.png fake DFDC - - - train - a",
        "FaceForensics++/test_set/Deepfakes/071_054/img/1.png fake Deepfakes - 071 054 test - 071",
        "FaceForensics++/train_set/Real/img/1.png real - - - - train - -",
        "StyleGAN/img/s.png fake StyleGAN - - - - - -",
      ]),
    Example(
      layout: "supcon-mpl",
      files: [
        "DFDC10_face_imgs_path/b/000.png", "FaceForensics_face_imgs_path_train/Original/071/000.png",
        "FaceForensics_face_imgs_path_test/FaceSwap/071_054/000.png", "StyleGAN_face_imgs_path/s.png",
        "CelebDF_face_imgs_path/fake/id1_id3_0002/000.png", "CelebDF_Youtube_face_imgs_path/00170/000.png",
        "CelebA_face_imgs_path/c.jpg",
      ],
      texts: ["DFDC10_video_path/part_10/metadata.json": #"{"b.mp4": {"label": "FAKE", "original": "a.mp4"}}"#],
      expected: [
        "CelebA_face_imgs_path/c.jpg real - - - - - - -",
        "CelebDF_Youtube_face_imgs_path/00170/000.png real - - - - - - 00170",
        "CelebDF_face_imgs_path/fake/id1_id3_0002/000.png fake Celeb-DF - id1 id3 - - id1_0002",
        "DFDC10_face_imgs_path/b/000.png fake DFDC - - - test - a",
        "FaceForensics_face_imgs_path_test/FaceSwap/071_054/000.png fake FaceSwap - 071 054 test - 071",
        "FaceForensics_face_imgs_path_train/Original/071/000.png real - - 071 - train - 071",
        "StyleGAN_face_imgs_path/s.png fake StyleGAN - - - - - -",
      ]),
    Example(
      layout: "uadfv", files: ["real/0001.mp4", "fake/0001_fake.mp4"],
      expected: [
        "fake/0001_fake.mp4 fake FakeApp real/0001.mp4 - - - - -", "real/0001.mp4 real - - - - - - -",
      ]),
  ]
  private static let digest = "0123456789abcdef0123456789abcdef"

  @Test(arguments: examples) func `a reader gives what its layout tells, and nothing else`(example: Example) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let scan = try Tree(folder, example.files, texts: example.texts).scan(example.layout, example.options)
      #expect(scan.sources.map(Self.line) == example.expected, "\(scan.problems)")
    }
  }

  /// Webdataset's fields stand inside tars, and have tests of their own.
  @Test func `every layout has an example`() {
    #expect(
      Set(Self.examples.map(\.layout)).union(["webdataset"]) == Set(DatasetReaders.all.map { $0.layout }))
  }

  @Test func `some layouts hold ready crops`() {
    let crops = DatasetReaders.all.filter { $0.defaultInput == .face }.map { $0.layout }
    #expect(crops == ["df40", "multiffdi", "stylegan-140k", "supcon-mpl", "webdataset"])
  }

  @Test(.enabled(if: TestFiles.sharedMedia != nil)) func `genuine files give their fields`() throws {
    func line(_ folder: String, _ layout: String, _ path: String) throws -> String? {
      try #require(try sharedTree(folder)).scan(layout).source(path).map(Self.line)
    }
    #expect(
      try line("celeb-df-v2", "celeb-df", "Celeb-synthesis/id9_id26_0000.mp4")
        == "Celeb-synthesis/id9_id26_0000.mp4 fake - Celeb-real/id9_0000.mp4 id9 id26 test - -")
    let swapped = "manipulated_sequences/FaceSwap/c23/videos/634_660.mp4"
    #expect(
      try line("ffpp", "faceforensics", swapped)
        == "\(swapped) fake FaceSwap original_sequences/youtube/c23/videos/634.mp4 634 660 test c23 ofROXMIk6Ww")
    let textures = "manipulated_sequences/NeuralTextures/c23/videos/004_982.mp4"
    #expect(
      try line("ffpp", "faceforensics", textures)
        == "\(textures) fake NeuralTextures original_sequences/youtube/c23/videos/004.mp4 004 982 validation c23 -C5sgroT610"
    )
    #expect(
      try line("dfdc", "dfdc", "dfdc_train_part_0/brtujopkby.mp4")
        == "dfdc_train_part_0/brtujopkby.mp4 fake - dfdc_train_part_0/gnmmhlbzge.mp4 - - train - -")
  }
}
