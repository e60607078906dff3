import Evaluation
import Foundation
import Imaging
import Records
import Sharding
import TestSupport
import Testing

/// The learning stages, and that `infer` sees what training saw.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct LearningTests {
  private static let stages =
    Workspace.stagesToShards + """

        - train: {size: 64, epochs: 2, epoch-crops: 24, keep-epochs: true, batch: 8}
        - evaluate: {id: first, epoch: 1}
        - evaluate: {id: second, epoch: 2}
        - evaluate: {}
        - report: {note: "{families} families"}
      """

  /// A mixture, a folder, a list, a file that is none, and both ways to print for machines.
  private static func checkInference(_ workspace: Workspace, _ video: String, ofFirst probability: Double) throws {
    struct Line: Decodable {
      var path: String
      var probability: Double?
      var models: [Double]?
      var error: String?
    }
    let models = ["0", "1"].map { "runs/learn/models/experts/\($0).safetensors" }
    let frames = ["--frames", "\(Workspace.framesPerClip)"]
    try Data("gone.mp4\n\(video)\n".utf8).write(to: workspace.root.appending(path: "list.txt"))
    let json = try workspace.dfprep(["infer"] + models + ["list.txt", "--json"] + frames)
    #expect(json.status == 1 && json.errors.contains("1 of 2 files have no score"), "\(json.errors)")
    let lines = try json.output.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    #expect(lines.map(\.path) == ["gone.mp4", video])
    #expect(lines.first?.error != nil && lines.first?.probability == nil)
    let mixture = try #require(lines.last?.models)
    #expect(mixture.count == 2 && abs(mixture[0] - probability) < 1e-6)
    #expect(abs((lines.last?.probability ?? -1) - (mixture[0] + mixture[1]) / 2) < 1e-9)

    let plain = try workspace.dfprep(["infer", models[0], "gone.mp4", video] + frames)
    #expect(plain.status == 1 && plain.output.hasPrefix("Prediction of [\(video)]"), "\(plain.output)")
    #expect(plain.errors.contains("error: gone.mp4: "))
    let csv = try workspace.dfprep(
      ["infer", models[0], "data/other", "--csv", "--flips", "--rotations"] + frames)
    let records = try CommaSeparatedValues.records(csv.output)
    #expect(records.first == ["path", "probability", "frames", "frames_looked_at", "error"])
    #expect(records.count > 2 && records.dropFirst().allSatisfy { $0.count == 5 && $0[1].isEmpty != $0[4].isEmpty })
    let turned = records.first { $0[0] == video }.flatMap { Double($0[1]) }
    #expect(try #require(turned) != probability && (0...1).contains(try #require(turned)))
  }

  @Test func `experts are trained and judged out of fold, and infer repeats their scores`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 6, heldOut: 5)
      try Self.addFacelessClip(workspace)
      try workspace.pipeline("learn", datasets: "[{name: clips}, {name: other, role: test}]", stages: Self.stages)
      let result = try workspace.dfprep("run", "Pipelines/learn.yaml")
      try #require(result.status == 0, "\(result.errors)")

      let predictions = try PredictionTable.predictions(workspace.text("runs/learn/models/predictions.csv"))
      let heldOut = predictions.filter { $0.dataset == "other" && $0.label == .fake && $0.missing == nil }
      #expect(heldOut.count == Workspace.framesPerClip)
      #expect(heldOut.allSatisfy { $0.mixture != nil && $0.fold == nil })
      for row in predictions where row.dataset == "clips" {
        #expect(row.mixture == nil && row.scores.count { $0 != nil } == 1, "\(row.key) was judged by who trained on it")
      }

      // The last epoch is the one that is kept.
      let tables = try ["first/", "second/", ""].map { try workspace.text("runs/learn/models/\($0)predictions.csv") }
      #expect(tables[1] == tables[2] && tables[0] != tables[1])
      let steps = try workspace.text("runs/learn/models/steps.csv").split(separator: "\n")
      #expect(steps.count == 1 + 2 * 2 * 3, "two experts, two epochs of 24 crops in batches of 8")

      let faceless = predictions.filter { $0.missing != nil }
      #expect(faceless.map(\.key) == ["other/dfdc_train_part_0/blank.mp4"] && faceless.map(\.missing) == ["no-face"])
      #expect(faceless.allSatisfy { $0.role == .test && $0.mixture == nil && $0.scores.isEmpty })

      let expected = heldOut.compactMap { $0.scores[0] }.reduce(0, +) / Double(heldOut.count)
      let inferred = try workspace.dfprep(
        "infer", "runs/learn/models/experts/0.safetensors", "data/other/dfdc_train_part_0/fake5.mp4",
        "--frames", "\(Workspace.framesPerClip)")
      let line = try #require(
        inferred.output.wholeMatch(
          of: /Prediction of \[data\/other\/dfdc_train_part_0\/fake5\.mp4\] being Deepfake: ([0-9.]+)\n/),
        "\(inferred.output)\(inferred.errors)")
      let probability = try #require(Double(line.1))
      #expect(abs(probability - expected) < 1e-6, "infer crops otherwise than the pipeline")

      try Self.checkInference(workspace, "data/other/dfdc_train_part_0/fake5.mp4", ofFirst: probability)
      let photograph = TestFiles.demoMedia.appending(path: "obama.jpg").path(percentEncoded: false)
      #expect(try workspace.dfprep("infer", "runs/learn/models/experts/1.safetensors", photograph).status == 0)
      let page = try workspace.text("runs/learn/report/index.html")
      #expect(
        page.contains("6 families") && page.contains("expert 1 on its own fold") && page.contains("data:image/jpeg"))
      #expect(try workspace.dfprep("report", "Pipelines/learn.yaml", "--no-pictures").status == 0)
      #expect(!(try workspace.text("runs/learn/report/index.html")).contains("data:image/jpeg"))
      let inspected = try workspace.dfprep("inspect", "runs/learn/models/experts/0.safetensors").output
      #expect(inspected.contains("crop-recipe"))
      try Self.expectVerbsRepeat(predictions, workspace)
      try Self.expectRefusals(workspace)
      try Self.expectForeignShards(predictions, workspace)
    }
  }

  /// A held-out fake in which no face is to be found.
  private static func addFacelessClip(_ workspace: Workspace) throws {
    let part = workspace.root.appending(path: "data/other/dfdc_train_part_0")
    try SyntheticVideo.make(
      at: part.appending(path: "blank.mp4"), width: 160, height: 160, frames: Workspace.framesPerClip,
      framesPerSecond: 10
    ) { _ in Image(width: 160, height: 160, red: 90, green: 120, blue: 90) }
    let list = part.appending(path: "metadata.json")
    var metadata = try JSONDecoder().decode([String: [String: String]].self, from: Data(contentsOf: list))
    metadata["blank.mp4"] = ["label": "FAKE", "split": "train", "original": "real5.mp4"]
    try JSONEncoder().encode(metadata).write(to: list)
  }

  private static let experts = ["runs/learn/models/experts/0.safetensors", "runs/learn/models/experts/1.safetensors"]

  /// `evaluate` on the run's shards gives the stage's scores to the last digit, and `compare` finds no difference.
  private static func expectVerbsRepeat(_ predictions: [Prediction], _ workspace: Workspace) throws {
    struct Sets: Decodable { var sets: [Assessment] }
    let evaluated = try workspace.dfprep(
      "evaluate", experts[0], experts[1], "runs/learn", "--out-of-fold", "--output", "again.csv", "--draws", "100",
      "--json")
    try #require(evaluated.status == 0, "\(evaluated.errors)")
    let again = Dictionary(
      uniqueKeysWithValues: try PredictionTable.predictions(workspace.text("again.csv")).map { ($0.key, $0) })
    let samples = predictions.filter { $0.missing == nil }
    #expect(again.count == samples.count)
    for sample in samples {
      #expect(again[sample.key]?.scores == sample.scores && again[sample.key]?.mixture == sample.mixture)
      #expect(again[sample.key]?.group == sample.group && again[sample.key]?.fold == sample.fold)
    }
    let stage = try JSONDecoder().decode(Sets.self, from: workspace.data("runs/learn/models/evaluation.json"))
    #expect(stage.sets.map(\.name) == ["experts out of fold", "held-out sources"])
    let verb = try JSONDecoder().decode(Sets.self, from: Data(evaluated.output.utf8))
    for (left, right) in zip(stage.sets, verb.sets) {
      // Shards hold samples alone: what has none is known to the stage.
      let headline = left.levels[.videos]?.headline
      #expect(
        (headline?.withoutMissing ?? headline?.estimate?.value) == right.levels[.videos]?.headline?.estimate?.value)
    }
    #expect(stage.sets[1].missing == [.videos: ["no-face": 1], .frames: ["no-face": 1]])
    #expect(stage.sets[1].levels[.videos]?.pooled.missing == 1)
    #expect(try workspace.text("runs/learn/models/evaluation.md").contains("mean within"))

    let compared = try workspace.dfprep("compare", "runs/learn/models/predictions.csv", "again.csv", "--draws", "100")
    #expect(
      compared.status == 0 && compared.output.contains("difference +0.000"), "\(compared.output)\(compared.errors)")
    #expect(!compared.output.contains("left out,"))
    let table = try workspace.dfprep("evaluate", "again.csv", "--draws", "100")
    #expect(table.status == 0 && table.output.contains("mean within"), "\(table.errors)")
  }

  /// What would not be a number about unseen data is not given.
  private static func expectRefusals(_ workspace: Workspace) throws {
    func refused(_ words: String, _ arguments: [String]) throws {
      let result = try workspace.dfprep(arguments)
      #expect(result.status == 64 && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
    let test = "runs/learn/shards/test-000000.tar"
    try refused("its own training pool", ["evaluate"] + experts + ["runs/learn/shards"])
    try refused("was trained on these shards", ["evaluate", experts[0], "runs/learn/shards/cell-01-000000.tar"])
    try refused("held-out shards", ["evaluate", experts[0], test, "--threshold", "f1"])
    try refused("held-out shards", ["evaluate"] + experts + [test, "--choose"])
    try refused("--threshold is a number", ["evaluate", experts[0], test, "--threshold", "best"])
    try refused("no threshold is chosen on it", ["evaluate", "again.csv", "--threshold", "f1"])
    try refused("--output goes with models", ["evaluate", "again.csv", "--output", "x.csv"])
    #expect(try workspace.dfprep("evaluate", "none.safetensors", test).status == 69)
    // A copy of the shard somewhere else is known by what is in it.
    try FileManager.default.copyItem(
      at: workspace.root.appending(path: "runs/learn/shards/cell-01-000000.tar"),
      to: workspace.root.appending(path: "copy.tar"))
    try refused("was trained on these shards", ["evaluate", experts[0], "copy.tar"])
    // On a fold's validation shards a threshold may be chosen, where both classes are there.
    struct Fold: Decodable { var validation: [String] }
    var chosen = 0
    for (fold, expert) in experts.enumerated() {
      let validation = try JSONDecoder().decode(Fold.self, from: workspace.data("runs/learn/folds/\(fold).json"))
      let result = try workspace.dfprep(
        ["evaluate", expert, "--threshold", "balanced-accuracy"]
          + validation.validation.map { "runs/learn/shards/\($0)" })
      let isChosen = result.status == 0 && result.errors.contains("chosen on these samples")
      chosen += isChosen ? 1 : 0
      #expect(isChosen || result.errors.contains("where one class is missing"), "\(result.errors)")
    }
    #expect(chosen > 0)
  }

  /// Tars that dfprep did not write go through the model's recipe.
  private static func expectForeignShards(_ predictions: [Prediction], _ workspace: Workspace) throws {
    let shard = try ShardReader(path: workspace.root.appending(path: "runs/learn/shards/test-000000.tar"))
    let folder = workspace.root.appending(path: "theirs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let tar = try TarWriter(path: folder.appending(path: "part-0.tar"))
    for index in shard.entries.indices {
      let digit = shard.entries[index].label == .fake ? "1" : "0"
      _ = try tar.add(name: "\(index).jpg", bytes: shard.image(at: index))
      _ = try tar.add(name: "\(index).cls", bytes: Array(digit.utf8))
    }
    _ = try tar.finish()
    let result = try workspace.dfprep("evaluate", experts[0], "theirs/part-0.tar", "--output", "theirs.csv")
    try #require(result.status == 0, "\(result.errors)")
    let found = try PredictionTable.predictions(workspace.text("theirs.csv"))
    #expect(found.count == shard.entries.count)
    let own = Dictionary(uniqueKeysWithValues: predictions.map { ($0.key, $0) })
    for prediction in found {
      let index = try #require(Int(prediction.key.split(separator: "/").last?.split(separator: ".").first ?? ""))
      let expected = try #require(own[shard.entries[index].key]?.scores[0])
      // The recipe compresses once more.
      #expect(abs((prediction.scores[0] ?? 2) - expected) < 0.2 && prediction.label == shard.entries[index].label)
    }
    let undeclared = try workspace.dfprep("evaluate", experts[0], "theirs/part-0.tar", "--threshold", "f1")
    #expect(undeclared.status == 64 && undeclared.errors.contains("--validation"), "\(undeclared.errors)")
  }
}
