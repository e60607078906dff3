import Foundation
import Imaging
import Records
import Shortcuts
import TestSupport
import Testing

@testable import Stages

/// The audit for shortcuts in a run, as a user sees it.
@Suite(.serialized)
struct ShortcutRunTests {
  /// Ready crops of a formula, twelve of each class: reals went through JPEG, fakes did not.
  private func makeDataset(_ folder: URL) throws {
    for (label, encoding) in [("real", ImageEncoding.jpeg(quality: 40, chroma: 420)), ("fake", .png)] {
      let pictures = folder.appending(path: "data/\(label)")
      try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
      for index in 0..<12 {
        let picture = SyntheticVideo.card(width: 64, height: 64, frameIndex: index)
        try Data(ImageCodec.encode(picture, as: encoding))
          .write(to: pictures.appending(path: "\(index).\(encoding.fileExtension)"))
      }
    }
    try Data("[crops]\nlayout = \"folder\"\nroot = \"data\"\ninput = \"face\"\n".utf8)
      .write(to: folder.appending(path: "datasets.toml"))
    for (name, gates) in [("gated", "gates: {shortcuts: 0.9}"), ("open", "")] {
      let text = """
        version: 1
        name: \(name)
        datasets: [{name: crops}]
        output: runs/\(name)
        \(gates)
        stages:
          - decode: {frames: 1}
          - detect: {model: haar}
          - track: {}
          - crop: {margin: 1, size: 64, format: png}
          - shard: {}
          - report: {}
        """
      try Data(text.utf8).write(to: folder.appending(path: "\(name).yaml"))
    }
  }

  private func dfprep(_ folder: URL, _ arguments: String...) throws -> ProcessResult {
    try runProcess(TestFiles.dfprep.path(percentEncoded: false), arguments, directory: folder)
  }

  @Test func `a run warns of a shortcut as soon as crops exist, and a gate stops it there`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      try makeDataset(folder)
      let stopped = try dfprep(folder, "run", "gated.yaml")
      #expect(stopped.status == 4, "\(stopped.errors)")
      #expect(stopped.errors.contains("files: file type, AUC 1.000 (1.000 ... 1.000), real jpeg, fake png"))
      #expect(stopped.errors.contains("gates: {shortcuts: ...}"))
      let root = folder.appending(path: "runs/gated")
      func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path(percentEncoded: false))
      }
      #expect(exists("audit/shortcuts.json"), "what stopped the run is there to be looked at")
      #expect(!exists("shards"), "a stage behind the gate ran")

      let passed = try dfprep(folder, "run", "open.yaml")
      #expect(passed.status == 0, "\(passed.errors)")
      #expect(passed.errors.contains("shortcuts: files: warning: "))
      #expect(passed.errors.contains("shortcuts: crops: "))
      let page = try String(contentsOf: folder.appending(path: "runs/open/report/index.html"), encoding: .utf8)
      #expect(page.contains("<section id=\"shortcuts-files\">") && page.contains("<section id=\"shortcuts-crops\">"))
      #expect(page.contains("Shortcut in files: "))
      let again = try dfprep(folder, "run", "open.yaml")
      #expect(again.output.contains("nothing to do"))

      let survey = try JSONDecoder().decode(
        ShortcutSurvey.self, from: Data(contentsOf: root.appending(path: "audit/shortcuts.json")))
      let found = try #require(survey.sources.variables.first { $0.name == "JPEG tables" })
      #expect(found.reals.text == "libjpeg" && found.fakes.text == "no JPEG" && found.areaUnderCurve == 1)
      #expect(survey.sources.variables.contains { $0.name == "has JPEG quality" && $0.areaUnderCurve == 1 })
      #expect(survey.sources.constant.contains("width") && survey.crops?.constant.contains("crop width") == true)
      #expect(survey.crops?.items == 24 && survey.sources.realGroups == 12)
    }
  }
}

/// The audit on genuine files with genuine leaks.
@Suite(.enabled(if: TestFiles.sharedMedia != nil))
struct ShortcutSharedMediaTests {
  private func survey(_ path: String, _ sources: [(path: String, label: Label, original: String?)]) throws
    -> ShortcutSurvey
  {
    let media = try #require(TestFiles.sharedMedia)
    return try ShortcutSurvey(
      sources.map { Source(dataset: "media", path: $0.path, label: $0.label, original: $0.original) },
      roots: ["media": media.appending(path: path).path(percentEncoded: false)])
  }

  private func files(_ folder: String) throws -> [String] {
    let url = try #require(TestFiles.sharedMedia).appending(path: folder)
    let names = try #require(FileManager.default.enumerator(atPath: url.path(percentEncoded: false)))
    return names.compactMap { $0 as? String }.filter { name in
      [".jpg", ".png", ".mp4"].contains { name.hasSuffix($0) }
    }.sorted()
  }

  @Test func `politicians: reals are JPEG, fakes are PNG`() throws {
    let root = "images/ecuador_flux_512"
    let sources = try files(root).map { path -> (path: String, label: Label, original: String?) in
      (path, path.hasPrefix("fake") ? .fake : .real, nil)
    }
    let survey = try survey(root, sources)
    #expect(survey.unreadable.isEmpty && survey.sources.items == 72)
    let file = try #require(survey.sources.variables.first { $0.name == "file type" })
    #expect(file.areaUnderCurve == survey.sources.variables[0].areaUnderCurve && file.exceeds(0.95))
    #expect(file.reals.text == "jpeg" && file.fakes.text == "png")
    #expect(try #require(survey.failedGate(limit: 0.9)).contains("file type"))
    let control = try #require(survey.sources.control?.interval)
    #expect(control.low <= 0.5 && control.high >= 0.5)
  }

  /// Four of the seven fakes there are two pixels wider than their originals; the other three are as wide.
  @Test func `Celeb-DF: fakes that are two pixels wider`() throws {
    let sources = try files("celeb-df-v2").map { path -> (path: String, label: Label, original: String?) in
      guard path.hasPrefix("Celeb-synthesis") else { return (path, .real, nil) }
      let parts = path.split(separator: "/")[1].split(separator: "_")
      return (path, .fake, "Celeb-real/\(parts[0])_\(parts[2])")
    }
    let survey = try survey("celeb-df-v2", sources)
    #expect(survey.sources.items == 14 && survey.sources.realGroups == 7)
    let width = try #require(survey.sources.variables.first { $0.name == "width" })
    #expect(survey.sources.variables[0] == width, "\(survey.sources.variables)")
    #expect(width.kind == .bins && (width.areaUnderCurve ?? 0) > 0.7)
    #expect(width.reals.text.contains("942") && width.fakes.text.contains("944"))
    #expect(survey.sources.warnings().isEmpty && survey.sources.doubts().contains(width))
    #expect(survey.sections[0].rows[0].last?.hasPrefix("too few groups to be sure; if it holds: ") == true)
  }

  @Test func `crops that were made alike show no shortcut in their files`() throws {
    let root = "study/dfdc_faces224"
    let sources = try files(root).map { path -> (path: String, label: Label, original: String?) in
      (path, path.hasPrefix("fake") ? .fake : .real, nil)
    }
    let survey = try survey(root, sources)
    #expect(survey.sources.items > 600)
    #expect(survey.sources.warnings().isEmpty, "\(survey.sources.warnings())")
    #expect(Set(survey.sources.constant).isSuperset(of: ["file type", "chroma", "JPEG tables", "width"]))
  }
}
