import Foundation
import Testing

@testable import Reporting

@Suite struct ReportTests {
  private let jpeg = Data([0xFF, 0xD8, 0xFF, 0xD9])
  private let library = ScriptLibrary(
    source: "// https://d3js.org v5.16.0 Copyright 2022 Mike Bostock\nvar d3 = {};", licence: "BSD */ <b>")

  private func page(_ model: ReportModel) throws -> String { try Report.output(model).html }

  @Test func everySectionIsThereWithItsData() throws {
    let html = try page(SampleReport.model { _ in jpeg })
    let anchors = [
      "evaluation", "clusters", "map", "k", "training", "splits", "folds", "leaks", "sources", "shortcuts-crops",
      "stages", "drops", "made", "losses", "pipeline",
    ]
    for anchor in anchors {
      #expect(html.contains("<section id=\"\(anchor)\">"))
      #expect(html.contains("<a href=\"#\(anchor)\">"))
    }
    #expect(html.contains("<td class=\"\">no-face</td><td class=\"number\">258</td><td class=\"number\">77</td>"))
    #expect(
      html.contains("<small>44\u{202F}% \u{00B7} 32\u{202F}%</small>"), "1800 of 4100 in the cluster, of 5604 reals")
    #expect(html.contains("12\u{202F}406"))
    #expect(html.contains("0.860 (0.830 to 0.930)"))
    #expect(html.contains("data:image/jpeg;base64,/9j/2Q=="))
    #expect(html.contains("not a detector"))
  }

  @Test func aPropertyThatSurelyTellsTheClassesApartIsRed() throws {
    let html = try page(SampleReport.model { _ in jpeg })
    #expect(html.contains("<td class=\"number bad\">0.910 (0.880 to 0.940)</td>"))
    #expect(html.contains("<td class=\"number\">0.720 (0.610 to 0.830)</td>"))
    #expect(html.contains("<td class=\"number\">0.990</td>"), "without an interval nothing is sure")
    #expect(html.contains("encode both classes alike"))
    #expect(html.contains("The same everywhere: codec, width."))
  }

  @Test func whatAllHaveAlikeIsSharedByNoCluster() throws {
    var model = SampleReport.model { _ in jpeg }
    #expect(try !page(model).contains("all of them have it alike"))
    model.agreements[0].value = nil
    #expect(try page(model).contains("<td class=\"\">label</td><td class=\"number\">\u{2013}</td>"))
    #expect(try page(model).contains("all of them have it alike"))
  }

  @Test func areasOfOneSplitAloneAreNotDrawn() throws {
    var model = SampleReport.model { _ in jpeg }
    #expect(try Report.output(model).figures.contains { $0.name == "hardness" })
    let first = model.hardness?.splits.first?.name
    model.hardness?.splits.removeAll { $0.name != first }
    #expect(try !Report.output(model).figures.contains { $0.name == "hardness" })
  }

  @Test func detectorsHaveTheCurvesThatCanBeDrawn() throws {
    func names(_ model: ReportModel) throws -> Set<String> { Set(try Report.output(model).figures.map(\.name)) }
    let curves: Set = ["roc", "precision-recall", "calibration"]
    var model = SampleReport.model { _ in jpeg }
    #expect(try names(model).isSuperset(of: curves))
    for index in model.detectorCurves.indices {
      (model.detectorCurves[index].roc, model.detectorCurves[index].calibration) = ([], [])
    }
    #expect(try names(model).intersection(curves) == ["precision-recall"])
  }

  @Test func anEmptyModelHasNoSections() throws {
    let html = try page(ReportModel(title: "Nothing", pipeline: "none", generatedBy: "dfprep"))
    #expect(!html.contains("<section"))
    #expect(!html.contains("class=\"caveat\""))
    #expect(!html.contains("class=\"warning\""))
    #expect(html.contains("<h1>Nothing</h1>"))
  }

  @Test func nothingIsAskedOfANetwork() throws {
    let html = try page(SampleReport.model { _ in jpeg })
      .replacing("http://www.w3.org/2000/svg", with: "")
    for trace in ["http:", "https:", "//cdn", "@import", "url(", "<link", "src=\"/", "<iframe"] {
      #expect(!html.contains(trace), "the page holds \(trace)")
    }
  }

  @Test func textFromOutsideIsEscapedEverywhere() throws {
    let nasty = "</pre><script>alert(1)</script>{{title}}\"'&\u{0}"
    var model = SampleReport.model { _ in jpeg }
    (model.title, model.pipeline, model.caveat, model.generatedBy) = (nasty, nasty, nasty, nasty)
    (model.numerics, model.warnings) = ([nasty], [nasty])
    model.options[0] = .init(name: nasty, value: nasty)
    model.versions[0] = .init(name: nasty, value: nasty)
    model.leaks[0] = .init(place: nasty, kind: nasty, links: 1, samples: 1)
    model.crossings[0].common = nasty
    model.crossings[0].reason = nasty
    model.crossings[0].sides[0].videos = [nasty]
    model.splits[0].name = nasty
    model.splits[0].detail = nasty
    model.hardness?.splits[0].name = nasty
    model.contingencies[0].values[0] = nasty
    model.stages[0].id = nasty
    model.shortcuts[0].variables[0].name = nasty
    model.shortcuts[0].variables[0].real = nasty
    model.shortcuts[0].remarks = [nasty]
    model.stages[0].dropped[0].reason = nasty
    model.sources[0].dataset = nasty
    model.folds[0].name = nasty
    model.pictures[0].key = nasty
    model.clusters[0].topMethods[0].name = nasty
    model.map?.planes[0].name = nasty
    model.map?.planes[0].axes[0] = nasty
    model.map?.keys[0] = nasty
    model.map?.categories[0].values[0] = nasty
    model.map?.measures[0].name = nasty
    model.clusterCounts?.reason = nasty
    model.agreements[0].attribute = nasty
    model.training[0].name = nasty
    model.evaluation[0].name = nasty
    model.detectorCurves[0].name = nasty
    model.made[0].operation = nasty
    model.losses?.examples[0].path = nasty
    model.losses?.fullList = nasty
    for html in try [page(model), Report.output(model, library: library).html] {
      #expect(!html.contains("<script>alert"))
      #expect(!html.contains("\u{0}"))
      #expect(html.contains("{{title}}"), "text is no template")
    }
    #expect(try !page(model).contains("<script"), "a page without the library has no script")
    #expect(
      try Report.output(model, library: library).html.components(separatedBy: "<script").count == 5,
      "D3, the page's own, the header and the columns of the map; no more")
  }

  @Test func sumsThatDoNotAgreeAreSaidInRed() throws {
    var model = SampleReport.model { _ in jpeg }
    #expect(try !page(model).contains("does not add up"))
    model.stages[1].output -= 3
    let html = try page(model)
    #expect(html.contains("Stage detect does not add up: 3 frames came in and ended nowhere."))
    #expect(html.contains("<td class=\"bad\">3 missing</td>"))
  }

  @Test func picturesAreBoundedAndSharedOutEvenly() throws {
    let large = Data(repeating: 0x55, count: 200_000)
    var model = SampleReport.model { _ in large }
    (model.made, model.crossings) = ([], [])
    let html = try page(model)
    #expect(html.components(separatedBy: "data:image/jpeg").count - 1 == 7)
    #expect(html.contains("41 pictures were left out: a page carries 1.5 MB"))
    for cluster in 0..<3 {
      #expect(html.contains("title=\"dfdc/part_0/clip\(cluster * 12)/"), "cluster \(cluster) shows none")
    }
  }

  @Test func withoutPicturesTheRestStands() throws {
    var model = SampleReport.model { _ in jpeg }
    model.pictures = []
    let html = try page(model)
    #expect(!html.contains("<img "))
    #expect(html.contains("<section id=\"clusters\">"))
    #expect(!html.contains("<section id=\"made\">"))
  }

  @Test func aModelSurvivesJSONAndGivesTheSamePage() throws {
    let model = SampleReport.model { _ in jpeg }
    let copy = try JSONDecoder().decode(ReportModel.self, from: JSONEncoder().encode(model))
    #expect(copy == model)
    #expect(try page(copy) == page(model))
  }

  @Test func everyPlotOfThePageIsWellFormed() throws {
    let html = try page(SampleReport.model { _ in jpeg })
    let plots = html.components(separatedBy: "<svg ").dropFirst().compactMap {
      $0.components(separatedBy: "</svg>").first
    }
    #expect(plots.count == 23)
    for plot in plots { #expect(XMLCheck("<svg \(plot)</svg>").failure == nil) }
  }

  @Test func plotsComeByThemselvesToo() throws {
    let output = try Report.output(SampleReport.model { _ in jpeg })
    #expect(output.figures.map(\.name).prefix(3) == ["map", "clusters", "k-silhouette"])
    #expect(Set(output.figures.map(\.name)).count == output.figures.count)
    for figure in output.figures {
      #expect(XMLCheck(figure.svg).failure == nil)
      #expect(!figure.svg.contains("var("), "\(figure.name) needs a page around it")
    }
  }

  @Test func stepsAreCurvesWithTheirPhases() throws {
    let html = try page(SampleReport.model { _ in jpeg })
    #expect(html.contains("The loss that is made small, weighted sum of its parts; a point is the mean of 4 steps."))
    #expect(html.components(separatedBy: "faint division").count - 1 == 4, "two phases in two plots")
    #expect(html.contains("Phases: 1 encoder, 2 classifier."))
    #expect(html.contains(">epoch<") == false && html.contains(">phase<"))
    let means = ReportBuilder.means([1, nil, 4, .nan, nil, 7], of: 2)
    #expect(means.map(\.x) == [1.5, 3.5, 5.5] && means.map(\.y) == [1, 4, 7])
    #expect(ReportBuilder.means([nil, nil], of: 2)[0].y.isNaN && ReportBuilder.means([], of: 3).isEmpty)
  }

  @Test func severalStagesThatTrainHaveCurvesOfTheirOwn() throws {
    var model = SampleReport.model { _ in jpeg }
    model.training.append(.init(name: "probe", stage: "probe", epochs: [.init(epoch: 1, trainLoss: 0.6)]))
    let output = try Report.output(model, sections: ["training"])
    #expect(output.figures.map(\.name).contains("probe-training-loss"))
    #expect(output.html.contains("probe: loss on the training samples, mean of each epoch."))
  }

  @Test(arguments: [
    ("fluke: score 0.6356632847681316", "fluke: score 0.636"), ("0.0000123456", "0.0000123"),
    ("12.3456789 s", "12.346 s"),
    ("0.1234", "0.1234"), ("libx264.1234567", "libx264.1234567"), ("1.2.345678", "1.2.345678"), ("0.123456.", "0.123."),
    ("", ""),
  ])
  func longFractionsAreCut(text: String, shortened: String) { #expect(Format.shortened(text) == shortened) }

  @Test func sectionsCanBeHadAlone() throws {
    let model = SampleReport.model { _ in jpeg }
    let output = try Report.output(model, sections: ["k", "shortcuts"])
    #expect(output.html.contains("<section id=\"k\">") && output.html.contains("<section id=\"shortcuts-crops\">"))
    #expect(output.html.components(separatedBy: "<section").count == 3)
    let small = try Report.output(model, library: library, sections: ["k"]).html
    #expect(!small.contains("<script") && small.contains("script-src 'none'"), "only a page with the map has script")
    #expect(try Report.output(model, library: library, sections: ["map"]).html.contains("var d3"))
    #expect(throws: ReportingError.self) { try Report.output(model, sections: ["short"]) }
    do { _ = try Report.output(model, sections: ["cluster"]) } catch {
      #expect("\(error)".contains("no section 'cluster'; it has map, clusters, k"))
    }
  }

  @Test func withoutTheLibraryThePageSaysWhatBringsIt() throws {
    let model = SampleReport.model { _ in jpeg }
    let (bare, full) = try (page(model), Report.output(model, library: library).html)
    #expect(bare.contains("node-d3") && bare.contains("script-src 'none'") && !bare.contains("class=\"explorer\""))
    #expect(!full.contains("D3 is missing") && full.contains("class=\"explorer\""))
    #expect(full.contains("BSD * / \u{2039}b>"), "the notice cannot end its comment")
    #expect(full.contains("stand-in"), "the plot stays for readers without script")
  }

  @Test(arguments: [
    "// https://d3js.org v3.5.17 Copyright", "// https://example.org v5.1.1", "var d3", "",
    "// https://d3js.org v5.1.1 Copyright\n'</script>'",
  ])
  func whatIsNoUsableLibraryIsRefused(source: String) {
    #expect(ScriptLibrary(source: source, licence: nil) == nil)
  }

  @Test func onlyScriptsOfThePageMayRun() throws {
    let html = try Report.output(SampleReport.model { _ in jpeg }, library: library).html
    let policy = try #require(html.components(separatedBy: "content=\"default-src").last?.split(separator: ">").first)
    #expect(!policy.contains("unsafe-eval") && !policy.contains("script-src 'unsafe-inline'"))
    #expect(policy.components(separatedBy: "'sha256-").count == 3)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1\u{202F}000"), (1_234_567, "1\u{202F}234\u{202F}567"),
    (-4200, "\u{2212}4\u{202F}200"),
  ])
  func countsAreGrouped(value: Int, text: String) {
    #expect(Format.count(value) == text)
  }

  @Test(arguments: [
    (0.04, "0.0 s"), (9.96, "10.0 s"), (59.4, "59 s"), (65, "1 min 05 s"), (7_800, "2 h 10 min"), (.nan, "\u{2013}"),
  ])
  func durationsAreReadable(seconds: Double, text: String) {
    #expect(Format.duration(seconds) == text)
  }
}
