import Foundation
import Testing

@testable import Reporting

@Suite struct ReportTests {
  private let jpeg = Data([0xFF, 0xD8, 0xFF, 0xD9])

  @Test func everySectionIsThereWithItsData() throws {
    let html = try Report.html(SampleReport.model { _ in jpeg })
    let anchors = [
      "evaluation", "clusters", "map", "k", "training", "folds", "sources", "shortcuts-crops", "stages", "made",
      "losses",
      "pipeline",
    ]
    for anchor in anchors {
      #expect(html.contains("<section id=\"\(anchor)\">"))
      #expect(html.contains("<a href=\"#\(anchor)\">"))
    }
    #expect(html.contains("258 no-face"))
    #expect(html.contains("12\u{202F}406"))
    #expect(html.contains("0.860 (0.830 to 0.930)"))
    #expect(html.contains("data:image/jpeg;base64,/9j/2Q=="))
    #expect(html.contains("not a detector"))
  }

  @Test func aPropertyThatSurelyTellsTheClassesApartIsRed() throws {
    let html = try Report.html(SampleReport.model { _ in jpeg })
    #expect(html.contains("<td class=\"number bad\">0.910 (0.880 to 0.940)</td>"))
    #expect(html.contains("<td class=\"number\">0.720 (0.610 to 0.830)</td>"))
    #expect(html.contains("<td class=\"number\">0.990</td>"), "without an interval nothing is sure")
    #expect(html.contains("encode both classes alike"))
    #expect(html.contains("The same everywhere: codec, width."))
  }

  @Test func anEmptyModelHasNoSections() throws {
    let html = try Report.html(ReportModel(title: "Nothing", pipeline: "none", generatedBy: "dfprep"))
    #expect(!html.contains("<section"))
    #expect(!html.contains("class=\"caveat\""))
    #expect(!html.contains("class=\"warning\""))
    #expect(html.contains("<h1>Nothing</h1>"))
  }

  @Test func nothingIsAskedOfANetwork() throws {
    let html = try Report.html(SampleReport.model { _ in jpeg })
      .replacing("http://www.w3.org/2000/svg", with: "")
    for trace in ["http:", "https:", "//cdn", "@import", "url(", "<link", "src=\"/", "<iframe"] {
      #expect(!html.contains(trace), "the page holds \(trace)")
    }
  }

  @Test func textFromOutsideIsEscapedEverywhere() throws {
    let nasty = "</pre><script>alert(1)</script>{{title}}\"'&\u{0}"
    var model = SampleReport.model { _ in jpeg }
    (model.title, model.pipeline, model.caveat, model.generatedBy) = (nasty, nasty, nasty, nasty)
    (model.numerics, model.warnings, model.pipelineYAML) = ([nasty], [nasty], nasty)
    model.stages[0].id = nasty
    model.shortcuts[0].variables[0].name = nasty
    model.shortcuts[0].variables[0].real = nasty
    model.shortcuts[0].remarks = [nasty]
    model.stages[0].dropped[0].name = nasty
    model.sources[0].dataset = nasty
    model.folds[0].name = nasty
    model.pictures[0].key = nasty
    model.clusters[0].topMethods[0].name = nasty
    model.clusterMap?.method = nasty
    model.clusterMap?.points[0].key = nasty
    model.clusterCounts?.scoreName = nasty
    model.agreements[0].attribute = nasty
    model.training[0].name = nasty
    model.evaluation[0].name = nasty
    model.rocCurves[0].name = nasty
    model.made[0].operation = nasty
    model.losses?.examples[0].path = nasty
    model.losses?.fullList = nasty
    let html = try Report.html(model)
    #expect(!html.contains("<script>alert"))
    #expect(html.components(separatedBy: "<script>").count == 2, "the page's own script only")
    #expect(!html.contains("\u{0}"))
    #expect(html.contains("{{title}}"), "text is no template")
  }

  @Test func sumsThatDoNotAgreeAreSaidInRed() throws {
    var model = SampleReport.model { _ in jpeg }
    #expect(try !Report.html(model).contains("does not add up"))
    model.stages[1].output -= 3
    let html = try Report.html(model)
    #expect(html.contains("Stage detect does not add up: 3 frames came in and ended nowhere."))
    #expect(html.contains("<td class=\"bad\">3 missing</td>"))
  }

  @Test func picturesAreBoundedAndSharedOutEvenly() throws {
    let large = Data(repeating: 0x55, count: 500_000)
    var model = SampleReport.model { _ in large }
    model.made = []
    let html = try Report.html(model)
    #expect(html.components(separatedBy: "data:image/jpeg").count - 1 == 12)
    #expect(html.contains("36 pictures were left out: a page carries 6 MB"))
    for cluster in 0..<4 {
      #expect(html.contains("data-number=\"\(cluster * 12)\""), "cluster \(cluster) shows none")
    }
    #expect(!html.contains("data-picture=\"11\""), "a mark names a picture that is not there")
  }

  @Test func withoutPicturesTheRestStands() throws {
    var model = SampleReport.model { _ in jpeg }
    model.pictures = []
    let html = try Report.html(model)
    #expect(!html.contains("<img "))
    #expect(html.contains("<section id=\"clusters\">"))
    #expect(!html.contains("<section id=\"made\">"))
  }

  @Test func aModelSurvivesJSONAndGivesTheSamePage() throws {
    let model = SampleReport.model { _ in jpeg }
    let copy = try JSONDecoder().decode(ReportModel.self, from: JSONEncoder().encode(model))
    #expect(copy == model)
    #expect(try Report.html(copy) == Report.html(model))
  }

  @Test func everyPlotOfThePageIsWellFormed() throws {
    let html = try Report.html(SampleReport.model { _ in jpeg })
    let plots = html.components(separatedBy: "<svg ").dropFirst().compactMap {
      $0.components(separatedBy: "</svg>").first
    }
    #expect(plots.count == 11)
    for plot in plots { #expect(XMLCheck("<svg \(plot)</svg>").failure == nil) }
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
