import Foundation
import Records
import Splitting
import Testing

@Suite struct ExportTests {
  private func export(
    _ path: String, _ side: String?, label: Label = .real, original: String? = nil, method: String? = nil,
    pts: Int64 = 0, dataset: String = "d", compression: String? = nil
  ) -> ExportSample {
    var sample = sample(
      path, pts: pts, label: label, family: original.map { "\(dataset)/\($0)" }, dataset: dataset)
    (sample.method, sample.compression) = (method, compression)
    return ExportSample(
      sample: sample, group: sample.family, side: side,
      sides: [side == "train" ? "training" : side == "val" ? "validation" : nil])
  }

  private func text(_ plan: ExportPlan, _ path: String) throws -> String {
    let file = try #require(plan.files.first { $0.path == path }, "no \(path) among \(plan.files.map(\.path))")
    guard case .text(let text) = file.content else { return "" }
    return text
  }

  private var celeb: [ExportSample] {
    [
      export("Celeb-real/id0_0000.mp4", "train"), export("Celeb-real/id0_0000.mp4", "train", pts: 5),
      export("Celeb-synthesis/id0_id1_0000.mp4", "train", label: .fake, original: "Celeb-real/id0_0000.mp4"),
      export("Celeb-real/id2_0000.mp4", "val"),
      export("Celeb-synthesis/id2_id3_0000.mp4", "val", label: .fake, original: "Celeb-real/id2_0000.mp4"),
      export("YouTube-real/00001.mp4", "test"), export("YouTube-real/00002.mp4", nil),
    ]
  }

  private func records(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test func `DeepfakeBench's lists are read back as they were meant`() throws {
    let plan = try ExportFormat.deepfakebench.plan(celeb.shuffled(), divisions: ["fold-0"])
    let list = try text(plan, "preprocessing/dataset_json/Celeb-DF-v2.json")
    #expect(list.contains("./datasets/rgb/Celeb-DF-v2/Celeb-real/frames/id0_0000/001.png"))
    #expect(plan.files.contains { $0.path == "datasets/rgb/Celeb-DF-v2/Celeb-real/frames/id0_0000/001.png" })
    #expect(plan.notes == ["1 samples are on no side of the split, and are left out"])
    let audit = try SplitAudit(SplitTable.deepfakeBench(Data(list.utf8), name: "x"))
    #expect(audit.totals.isEmpty && audit.sides.map(\.name) == ["train", "val", "test"])
    #expect(audit.sides.map(\.frames) == [3, 2, 1] && audit.sides.map(\.fakeVideos) == [1, 1, 0])
  }

  @Test func `a list of FaceForensics++ has compressions, and every class every split`() throws {
    let samples = [
      export("original_sequences/youtube/c23/videos/001.mp4", "train", compression: "c23"),
      export(
        "manipulated_sequences/Deepfakes/c23/videos/001_002.mp4", "train", label: .fake,
        original: "original_sequences/youtube/c23/videos/001.mp4", method: "Deepfakes", compression: "c23"),
      export(
        "manipulated_sequences/FaceShifter/c40/videos/003_004.mp4", "test", label: .fake,
        original: "original_sequences/youtube/c40/videos/003.mp4", method: "FaceShifter", compression: "c40"),
    ]
    let plan = try ExportFormat.deepfakebench.plan(samples, divisions: ["split"])
    let list = try JSONSerialization.jsonObject(
      with: Data(try text(plan, "preprocessing/dataset_json/FaceForensics++.json").utf8))
    let labels = try #require((list as? [String: [String: [String: [String: [String: Any]]]]])?["FaceForensics++"])
    #expect(Set(labels.keys) == ["FF-real", "FF-DF", "FF-FH"])
    for splits in labels.values {
      #expect(Set(splits.keys) == ["train", "val", "test"])
      for compressions in splits.values { #expect(Set(compressions.keys) == ["c23", "c40"]) }
    }
    // Every method has a video of that name, each in a class of its own.
    let twins = ["Deepfakes", "FaceSwap"].map { (method: String) in
      export(
        "manipulated_sequences/\(method)/c23/videos/001_002.mp4", "train", label: .fake,
        original: "original_sequences/youtube/c23/videos/001.mp4", method: method, compression: "c23")
    }
    let paths = try ExportFormat.deepfakebench.plan(twins, divisions: ["split"]).files.map(\.path)
    #expect(
      paths[0].hasSuffix("Deepfakes/c23/frames/001_002/000.png")
        && paths[1].hasSuffix("FaceSwap/c23/frames/001_002/000.png"))
    #expect(labels["FF-DF"]?["train"]?["c23"]?.keys.first == "001_002")
    #expect(
      plan.files.contains {
        $0.path == "datasets/rgb/FaceForensics++/original_sequences/youtube/c23/frames/001/000.png"
      })
  }

  @Test func `folds and lists name pictures by key, and folds are read back`() throws {
    let plan = try ExportFormat.folds.plan(celeb, divisions: ["fold-0"])
    let table = try SplitTable.table(records(text(plan, "folds.csv")), name: "folds.csv")
    let audit = try SplitAudit(table)
    #expect(audit.totals.isEmpty && audit.sides.map(\.name) == ["training", "validation"])
    #expect(audit.sides.map(\.fakeVideos) == [1, 1] && audit.sides.map(\.frames) == [3, 2])
    #expect(plan.files.count { if case .picture = $0.content { true } else { false } } == 7)
    let lists = try ExportFormat.lists.plan(celeb, divisions: ["fold-0"])
    let train = try text(lists, "train.txt")
    #expect(train.contains("images/d/+celeb-synthesis/id0_id1_0000=2emp4/000000000000/0/crop.png 1\n"))
    #expect(train.split(separator: "\n").count == 3)
  }

  @Test func `selimsef's folds are read back, each original with its fakes`() throws {
    let plan = try ExportFormat.selimsef.plan(celeb, divisions: ["fold-0"])
    let folds = try text(plan, "folds.csv")
    #expect(folds.hasPrefix("video,file,label,original,frame,fold\n"))
    #expect(folds.contains("id2_id3_0000,0_0.png,1,id2_0000,0,0\n"))
    #expect(plan.notes.count == 1)
    let one = try ExportFormat.selimsef.plan(celeb, divisions: ["split"])
    let table = try SplitTable.table(records(text(one, "folds.csv")), name: "folds.csv")
    #expect(table.format == "selimsef's folds")
    #expect(try SplitAudit(table).totals.isEmpty)
    #expect(one.files.contains { $0.path == "crops/id0_0000/1_0.png" })
  }

  @Test func `pairs are written where both their sequences are on one side`() throws {
    func pair(_ target: String, _ donor: String, _ side: String) -> [ExportSample] {
      let real = "original_sequences/youtube/c23/videos/\(target).mp4"
      return [
        export(real, side),
        export(
          "manipulated_sequences/Deepfakes/c23/videos/\(target)_\(donor).mp4", side, label: .fake, original: real),
      ]
    }
    let samples =
      pair("001", "002", "train") + pair("002", "001", "train") + pair("003", "004", "val")
      + pair("005", "006", "train") + pair("006", "005", "test")
    let plan = try ExportFormat.faceforensics.plan(samples, divisions: ["split"])
    let table = try SplitTable.faceForensics(
      splits: ["train", "val", "test"].map { (side: $0, json: Data(try text(plan, "splits/\($0).json").utf8)) },
      conversion: nil)
    #expect(table.pairs.map { "\($0.first) \($0.second) \($0.side)" } == ["001 002 train", "003 004 val"])
    #expect(plan.notes == ["1 pairs are left out, their two sequences are not on one side: 005/006"])
    #expect(throws: SplittingError.self) { try ExportFormat.faceforensics.plan(celeb, divisions: ["split"]) }
  }

  @Test func `SupCon-MPL's tree has the folders that its code looks into`() throws {
    let samples =
      celeb + [
        export("dfdc_train_part_3/aaa.mp4", "train"),
        export("dfdc_train_part_3/bbb.mp4", "val", label: .fake, original: "dfdc_train_part_3/aaa.mp4"),
        export("dfdc_train_part_10/ccc.mp4", "test"),
        export("original_sequences/youtube/c23/videos/001.mp4", "test"), export("elsewhere/x.mp4", "train"),
      ]
    let plan = try ExportFormat.supconMPL.plan(samples, divisions: ["split"])
    let paths = plan.files.map(\.path)
    for path in [
      "CelebDF_face_imgs_path/fake/id0_id1_0000/000.png", "CelebDF_face_imgs_path/real/id0_0000/001.png",
      "CelebDF_Youtube_face_imgs_path/00001/000.png", "DFDC_face_imgs_path/bbb/000.png",
      "DFDC10_face_imgs_path/ccc/000.png", "FaceForensics_face_imgs_path_test/Original/001/000.png",
      "FaceForensics_face_imgs_path_train/NeuralTextures", "DFDC_video_path/dfdc_train_part_3/metadata.json",
    ] { #expect(paths.contains(path), "\(path)") }
    #expect(
      try text(plan, "DFDC_video_path/dfdc_train_part_3/metadata.json")
        == #"{"aaa.mp4":{"label":"REAL","original":null,"split":"train"},"bbb.mp4":{"label":"FAKE","original":"aaa.mp4","split":"train"}}"#
        + "\n")
    #expect(plan.notes.contains("1 samples of d are left out: no place for it"))
  }

  @Test func `videos of one name are kept apart`() throws {
    let samples = [export("a/x.mp4", "train"), export("b/x.mp4", "train", label: .fake), export("c/y.mp4", "val")]
    let plan = try ExportFormat.selimsef.plan(samples, divisions: ["split"])
    #expect(
      plan.files.map(\.path) == ["crops/d_a_x_mp4/0_0.png", "crops/d_b_x_mp4/0_0.png", "crops/y/0_0.png", "folds.csv"])
  }
}
