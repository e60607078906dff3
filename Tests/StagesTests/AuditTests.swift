import Foundation
import TestSupport
import Testing

/// `dfprep audit`, `split` and `export`, as a stranger would use them.
@Suite struct AuditTests {
  private static let stages = """
      - decode: {frames: 1}
      - detect: {model: haar}
      - track: {}
      - crop: {margin: 1, size: 48, format: png}
      - dedupe: {max-distance: 2}
      - resplit: {folds: stratified, count: 2}
      - shard: {}
    """

  private func write(_ text: String, _ name: String, in folder: URL) throws {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  @Test func `a run is audited, shown with its pictures, exported and audited again`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try workspace.pipeline("cards", datasets: "[{name: cards}]", stages: Self.stages)
      let run = try workspace.dfprep("run", "Pipelines/cards.yaml")
      try #require(run.status == 0, "\(run.errors)")

      let audit = try workspace.dfprep("audit", "runs/cards", "--gate", "hard", "--html", "audit.html")
      #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
      #expect(audit.output.contains("run cards, 4 rows"))
      #expect(audit.output.contains("fold-1, validation"))
      #expect(try workspace.text("audit.html").contains("Audit of a split"))
      #expect(try workspace.dfprep("audit", "Pipelines/cards.yaml").output.contains("0 hard links cross"))
      #expect(try workspace.dfprep("audit", "runs/cards/shards").status == 0)
      #expect(try workspace.dfprep("audit", "runs/cards/folds/folds.csv").status == 0)

      for format in ["folds", "lists", "deepfakebench", "selimsef", "supcon-mpl"] {
        let export = try workspace.dfprep("export", "runs/cards", "--format", format, "--output", "out/\(format)")
        #expect(export.status == 0, "\(format): \(export.errors)")
      }
      let again = try workspace.dfprep("audit", "out/folds/folds.csv", "--gate", "hard,one-class")
      #expect(again.status == 0, "\(again.output)\(again.errors)")
      let list = try workspace.dfprep(
        "audit", "out/deepfakebench/preprocessing/dataset_json/cards.json", "--json")
      #expect(list.status == 0 && list.output.contains("\"format\" : \"DeepfakeBench list\""))
      #expect(try workspace.dfprep("audit", "out/selimsef/folds.csv").output.contains("selimsef's folds"))
      // Byte for byte: every picture of the export is one of the shards'.
      let shards = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "runs/cards/shards").path)
        .filter { $0.hasSuffix(".tar") }.map { try workspace.data("runs/cards/shards/\($0)") }
      let line = try #require(try workspace.text("out/lists/train.txt").split(separator: "\n").first)
      let picture = try workspace.data("out/lists/" + line.split(separator: " ")[0])
      #expect(shards.contains { $0.range(of: picture) != nil })

      #expect(try workspace.dfprep("export", "runs/cards", "--format", "lists", "--output", "out/lists").status == 64)
      let unknown = try workspace.dfprep("export", "runs/cards", "--format", "deepfakebensh", "--output", "out/x")
      #expect(unknown.status == 64 && unknown.errors.contains("did you mean 'deepfakebench'?"))
      #expect(
        try workspace.dfprep("export", "runs/cards", "--format", "lists", "--fold", "7", "--output", "y").status == 64)
    }
  }

  @Test func `a near-duplicate in two folds is shown with its bits and its pictures`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      // The same picture as real and as fake is a link, and no copy to drop.
      try workspace.data("data/real/0.png").write(to: folder.appending(path: "data/fake/copy.png"))
      let table =
        "video,split\n"
        + "real/0.png,train\nfake/0.png,train\nreal/1.png,val\nfake/1.png,val\nfake/copy.png,val\n"
      try write(table, "Pipelines/pins.csv", in: folder)
      let pinned = Self.stages.replacing("{folds: stratified, count: 2}", with: "{folds: pinned, from: pins.csv}")
      try workspace.pipeline("cards", datasets: "[{name: cards}]", stages: pinned)
      let run = try workspace.dfprep("run", "Pipelines/cards.yaml")
      try #require(run.status == 0, "\(run.errors)")
      let audit = try workspace.dfprep("audit", "runs/cards", "--html", "a.html", "--gate", "near-duplicate")
      #expect(audit.status == 4, "\(audit.output)")
      #expect(audit.output.contains("near-duplicate, soft: 1 link crosses fold-0"))
      #expect(audit.output.contains("0 bits apart, correlation 1.00: "))
      #expect(audit.errors.contains("gate failed"))
      #expect(try workspace.text("a.html").contains("data:image/jpeg;base64,"))
      #expect(try workspace.dfprep("audit", "runs/cards", "--html", "b.html", "--no-pictures").status == 0)
      #expect(try !workspace.text("b.html").contains("data:image/jpeg;base64,"))
      #expect(try workspace.dfprep("audit", "runs/cards", "--hard", "near-duplicate", "--gate", "hard").status == 4)

      // A changed table is another split.
      try write(table.replacing("fake/copy.png,val", with: "fake/copy.png,train"), "Pipelines/pins.csv", in: folder)
      try #require(try workspace.dfprep("run", "Pipelines/cards.yaml").status == 0)
      #expect(try workspace.dfprep("audit", "runs/cards", "--gate", "near-duplicate").status == 0)
    }
  }

  @Test func `gates stop, unknown names are met with the nearest, and what is no split is refused`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      try write(
        "video,label,split\nCeleb-real/id1_0001.mp4,0,train\nCeleb-synthesis/id1_id2_0001.mp4,1,test\n", "celeb.csv",
        in: folder)
      let audit = try workspace.dfprep("audit", "celeb.csv", "--gate", "identity,one-class")
      #expect(
        audit.status == 4 && audit.output.contains("id1: train Celeb-real/id1_0001 | test Celeb-synthesis/id1_id2_0001")
      )
      #expect(try workspace.dfprep("audit", "celeb.csv", "--gate", "source-video").status == 0)
      // Pictures of a list that stand beside it, or where the user says.
      try write(
        "path,label,identity,split\nreal/0.png,0,p,train\nreal/1.png,0,p,test\n", "lists/beside.csv", in: folder)
      let page = "lists/page.html"
      try workspace.dfprep("audit", "lists/beside.csv", "--media", "data", "--html", page)
      #expect(try workspace.text(page).components(separatedBy: "data:image/jpeg;base64,").count == 3)
      #expect(try workspace.text(page).contains("this person is seen in videos of both sides; crosses split"))
      try workspace.dfprep("audit", "lists/beside.csv", "--html", page)
      #expect(try !workspace.text(page).contains("data:image/jpeg;base64,"))

      let misspelt = try workspace.dfprep("audit", "celeb.csv", "--gate", "identiy")
      #expect(misspelt.status == 64 && misspelt.errors.contains("did you mean 'identity'?"))
      #expect(try workspace.dfprep("audit", "data").status == 64)
      #expect(try workspace.dfprep("audit", "nowhere").status == 64)
      try write("{\"a\": 1}", "x.json", in: folder)
      let bad = try workspace.dfprep("audit", "x.json")
      #expect(bad.status == 64 && bad.errors.contains("x.json is not a list of DeepfakeBench"))
    }
  }

  @Test func `strategies need what they need, and say so before any work`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      func validate(_ resplit: String) throws -> ProcessResult {
        let stages = Self.stages.replacing("{folds: stratified, count: 2}", with: resplit)
        return try workspace.dfprep(
          "validate", workspace.pipeline("cards", datasets: "[{name: cards}]", stages: stages))
      }
      for strategy in ["leave-one-method-out", "leave-one-dataset-out", "random", "official"] {
        #expect(try validate("{folds: \(strategy)}").status == 0)
      }
      let clusters = try validate("{}")
      #expect(clusters.status == 78 && clusters.errors.contains("needs clusters; put 'cluster' before it"))
      let table = try validate("{folds: pinned}")
      #expect(table.status == 78 && table.errors.contains("name it with `from`"), "\(table.errors)")
      #expect(try validate("{folds: random, from: pins.csv}").status == 78)
      #expect(try validate("{folds: pinned, from: pins.csv}").status == 0)
      let run = try workspace.dfprep("run", "Pipelines/cards.yaml")
      #expect(
        run.status == 69 && run.errors.contains("pins.csv, which the pipeline names, is not there"), "\(run.errors)")
      let method = try workspace.pipeline(
        "held", datasets: "[{name: cards}]\nhold-out: {datasets: [cards]}", stages: Self.stages)
      #expect(try workspace.dfprep("plan", method).output.contains("cards    test         4     2     2"))
    }
  }

  @Test func `a table is divided into folds or shares, and cannot be into too many`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      let rows = (0..<40).flatMap { index in
        ["id\(index)_0000.mp4,0,", "id\(index)_id\((index + 1) % 40)_0000.mp4,1,swap"]
      }
      try write("video,label,method\n" + rows.joined(separator: "\n") + "\n", "list.csv", in: folder)
      let split = try workspace.dfprep("split", "list.csv", "--folds", "4", "--output", "folds.csv")
      #expect(split.status == 0, "\(split.errors)")
      #expect(
        split.output.contains("80 rows in 40 groups") && split.output.contains("of labels 0, of methods 0, of sizes 0"))
      #expect(try workspace.dfprep("audit", "folds.csv", "--gate", "hard,one-class").status == 0)
      #expect(try workspace.dfprep("split", "list.csv", "--shares", "8,1,1", "--output", "shares.csv").status == 0)
      #expect(try workspace.text("shares.csv").split(separator: "\n").count { $0.hasSuffix(",train") } == 64)
      let before = try workspace.text("folds.csv")
      try write("video,label,method\n" + rows.reversed().joined(separator: "\n") + "\n", "list.csv", in: folder)
      try workspace.dfprep("split", "list.csv", "--folds", "4", "--output", "again.csv")
      #expect(Set(try workspace.text("again.csv").split(separator: "\n")) == Set(before.split(separator: "\n")))
      // A ring of donors is one group.
      let ring = try workspace.dfprep(
        "split", "list.csv", "--folds", "2", "--groups", "identity,donor", "--output", "ring.csv")
      #expect(ring.status == 1, "\(ring.output)")
      #expect(
        ring.errors.contains("without donor: 40 groups, the largest 2.5 % of the samples, enough"), "\(ring.errors)")
      #expect(try workspace.dfprep("split", "list.csv", "--output", "x.csv").status == 64)
    }
  }

  @Test(.enabled(if: TestFiles.sharedMedia != nil))
  func `the official split of FaceForensics++ is audited from its folder`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(cardsIn: folder)
      let media = try #require(TestFiles.sharedMedia).appending(path: "ffpp").path(percentEncoded: false)
      let audit = try workspace.dfprep("audit", media, "--gate", "hard")
      #expect(audit.status == 4)
      #expect(audit.output.contains("source-video, hard: 7 links cross split"))
      #expect(
        audit.output.contains("7 of 360 in train, 5 of 70 in val, 2 of 70 in test; that is 28 fakes of each method"))
    }
  }
}
