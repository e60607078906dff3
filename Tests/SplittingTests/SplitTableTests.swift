import Foundation
import Records
import Splitting
import Testing

@Suite struct SplitTableTests {
  private func records(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test func `selimsef's folds become videos, a side per fold`() throws {
    let table = try SplitTable.table(
      records(
        """
        video,file,label,original,frame,fold
        aaa,0_0.png,0,aaa,0,0
        aaa,10_0.png,0,aaa,10,0
        bbb,0_0.png,1,aaa,0,0
        ccc,0_0.png,1,aaa,0,2
        """), name: "folds.csv")
    #expect(table.format == "selimsef's folds" && table.divisions == ["fold"])
    #expect(table.rows.map(\.frames) == [2, 1, 1] && table.rows.map(\.sides) == [["fold 0"], ["fold 0"], ["fold 2"]])
    let audit = try SplitAudit(table)
    #expect(audit.totals.map(\.kind) == [.family] && audit.crossings[0].name == "aaa")
    #expect(audit.totals[0].videos == 3 && audit.totals[0].frames == 4)
  }

  @Test func `dfprep's own folds are a division each`() throws {
    let table = try SplitTable.table(
      records(
        """
        sample,group,cluster,cell,fold-0,fold-1
        d/+celeb-real/id0_0001=2emp4/000000000000/0/crop,d/Celeb-real/id0_0001.mp4,0,00,validation,training
        d/+celeb-real/id0_0001=2emp4/000000000001/0/crop,d/Celeb-real/id0_0001.mp4,0,00,validation,training
        d/+celeb-synthesis/id0_id1_0001=2emp4/000000000000/0/crop,d/Celeb-real/id0_0001.mp4,1,01,training,left-out
        """), name: "folds.csv")
    #expect(table.divisions == ["fold-0", "fold-1"] && table.rows.count == 2)
    #expect(table.rows.map(\.item.video) == ["d/Celeb-real/id0_0001", "d/Celeb-synthesis/id0_id1_0001"])
    #expect(table.rows[1].sides == ["training", nil] && table.rows[1].item.donor == "d/id1")
    let audit = try SplitAudit(table)
    #expect(
      Set(audit.totals.map(\.kind)) == [.family, .identity] && audit.totals.allSatisfy { $0.division == "fold-0" })
    #expect(audit.notes.contains { $0.contains("classes are not known") })
  }

  @Test func `an original named without folder or extension is the real of that name`() throws {
    let rows = try SplitTable.undivided(
      records(
        """
        path,label,original
        faces/aaa.jpg,real,
        faces/bbb.jpg,fake,aaa
        x/ccc.jpg,real,
        y/ccc.jpg,real,
        faces/ddd.jpg,fake,ccc.mp4
        faces/eee.jpg,fake,y/ccc
        """), name: "list.csv")
    #expect(rows.map(\.item.family) == ["faces/aaa", "faces/aaa", "x/ccc", "y/ccc", "ccc", "y/ccc"])
    let groups = try GroupLinks.groups(of: rows.map(\.item), hard: LinkKind.hardByDefault)
    #expect(groups.groupCount == 4)
  }

  @Test func `a bare list is read by names, and a label of two kinds is told`() throws {
    let table = try SplitTable.table(
      records(
        """
        path,label,split
        Celeb-synthesis/id3_id4_0001.mp4,fake,train
        Celeb-real/id3_0001.mp4,real,test
        x/001.jpg,0,train
        y/001.jpg,1,test
        y/001.jpg,0,test
        """), name: "list.csv")
    let audit = try SplitAudit(table)
    #expect(Set(audit.totals.map(\.kind)) == [.family, .identity])
    #expect(audit.findings.map(\.code) == [.twoLabels])
  }

  @Test(arguments: [
    ("", "is empty"), ("a,b\n1,2\n", "no column that names"), ("video,label\nx,1\n", "no column that divides"),
    ("video,label,split\nx,2,train\n", "label '2'"), ("video,split\nx\n", "1 fields under a header of 2"),
  ])
  func `a table that cannot be read says why`(text: String, reason: String) {
    #expect { try SplitTable.table(records(text), name: "t.csv") } throws: {
      "\($0)".contains(reason) && ($0 as? SplittingError)?.code == .badInput
    }
  }

  private func bench(_ text: String) throws -> SplitTable {
    try SplitTable.deepfakeBench(Data(text.utf8), name: "b.json")
  }

  @Test func `a list of DeepfakeBench has a layer of compressions, or none`() throws {
    let table = try bench(
      """
      {"FaceForensics++": {"FF-real": {"train": {"c23": {"071": {"label": "FF-real", "frames": ["a\\\\000.png", "b"]}},
      "c40": {}}, "test": {"c23": {"605": {"label": "FF-real", "frames": ["x"]}}}},
      "FF-DF": {"test": {"c23": {"071_054": {"label": "FF-DF", "frames": ["y"]}}}}}}
      """)
    #expect(table.rows.count == 3 && table.rows.map(\.frames).sorted() == [1, 1, 2])
    let audit = try SplitAudit(table)
    #expect(Set(audit.totals.map(\.kind)) == [.family, .identity])
    #expect(audit.crossings.contains { $0.kind == .family && $0.name == "FaceForensics++/071" })

    let flat = try bench(
      """
      {"Celeb-DF-v2": {"CelebDFv2_real": {"val": {"id0_0000": {"label": "CelebDFv2_real", "frames": ["a"]}},
      "test": {"id0_0000": {"label": "CelebDFv2_real", "frames": ["a"]}}},
      "CelebDFv2_fake": {"val": {"id0_id1_0000": {"label": "CelebDFv2_fake", "frames": ["b"]}},
      "test": {"id0_id1_0000": {"label": "CelebDFv2_fake", "frames": []}}}}}
      """)
    let same = try SplitAudit(flat)
    #expect(same.findings.map(\.code) == [.unpaired, .equalSides])
    #expect(same.totals.first { $0.kind == .video }?.links == 2)
    #expect(flat.rows.map(\.label) == [.fake, .fake, .real, .real])
  }

  @Test func `a list tells whose sequences are of one video, once that is known`() throws {
    var table = try bench(
      """
      {"FaceForensics++": {"FF-real": {"train": {"c23": {"605": {"label": "FF-real", "frames": ["a"]}}},
      "val": {"c23": {"606": {"label": "FF-real", "frames": ["b"]}}}}}}
      """)
    table.add(sourceVideos: ["605": "abc 0", "606": "abc 1", "999": "zzz 0"])
    #expect(try SplitAudit(table).crossings.map(\.name) == ["YouTube abc"])
    #expect(
      table.notes == [
        "conversion_dict.json: 2 sequences of this split come from 1 YouTube videos; 1 videos gave more than one"
      ])
  }

  @Test(arguments: ["[]", "{", "{\"a\": 1}", "{\"a\": {\"b\": {\"c\": {\"d\": 3}}}}", "{}"])
  func `what is no list of DeepfakeBench is refused`(text: String) {
    #expect { try bench(text) } throws: { ($0 as? SplittingError)?.code == .badInput }
  }

  @Test func `pairs that are none, or come twice, are findings`() throws {
    let table = try SplitTable.faceForensics(
      splits: [
        (side: "train", json: Data(#"[["001","002"],["003"],["004","004"]]"#.utf8)),
        (side: "test", json: Data(#"[["002","005"]]"#.utf8)),
      ], conversion: Data(#"{"001": "x 0", "009": "y 0"}"#.utf8))
    #expect(table.findings.map(\.code) == [.unpaired, .unpaired, .unpaired, .unpaired])
    #expect(table.rows.count == 8)
    #expect(Set(try SplitAudit(table).totals.map(\.kind)) == [.video, .family, .identity, .donor])
  }
}
