import Foundation
import Imaging
import Records
import Reporting
import TestSupport
import Testing

/// The report in a real browser, driven by Scripts/report-in-browser.py.
@Suite struct ReportBrowserTests {
  private static let d3 = "/usr/share/nodejs/d3/dist/d3.min.js"
  private static let canRun =
    FileManager.default.fileExists(atPath: d3)
    && ["chromium", "chromium-browser", "google-chrome"].contains { name in
      FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)")
    }

  /// What the driver saw.
  private struct Seen: Decodable {
    struct Hover: Decodable {
      var key: String
      var expected: String
      var face: [Double]?
      /// Between the sample shown and the nearest, in pixels.
      var apart: Double
      var facts: [String: String]
    }
    struct Attributes: Decodable { var names: [String], strip: Bool }

    var pageWidth: Int
    var hasMap: Bool
    var faults: [String]
    var firstDrawingMilliseconds: Double?
    var count: Int?
    var shown: Int?
    var pointPixels: Int?
    var colours: Int?
    var hovers: [Hover]?
    var shownWithoutFirstValue: Int?
    var firstValueCount: Int?
    var shownBySearch: Int?
    var shownByFileName: Int?
    var shownAgain: Int?
    var lassoExpected: Int?
    var lassoCount: Int?
    var lassoRows: Int?
    var downloadedLines: Int?
    var copiedLines: Int?
    var zoomedBy: Double?
    var attributes: Attributes?
    var planes: Int?
  }

  private func drive(_ html: String, width: Int = 1400) throws -> Seen {
    try TestFiles.withTemporaryDirectory { folder in
      let page = folder.appending(path: "a page.html")
      try Data(html.utf8).write(to: page)
      let script = TestFiles.repository.appending(path: "Scripts/report-in-browser.py").path(percentEncoded: false)
      let result = try runProcess("python3", [script, page.path(percentEncoded: false), "--width", "\(width)"])
      try #require(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode(Seen.self, from: Data(result.output.utf8))
    }
  }

  /// The colour of a sample's face: no two neighbours have nearly the same.
  private static func colour(_ index: Int) -> [UInt8] {
    [UInt8(40 + index * 53 % 200), UInt8(40 + index * 97 % 200), UInt8(40 + index * 151 % 200)]
  }

  private static func model(samples: Int) throws -> ReportModel {
    var model = SampleReport.model { _ in Data() }
    model.pictures = []
    var map = SampleReport.map(samples: samples)
    map.keys[0] = "a </script><img src=x onerror=alert(1)> \u{E9}/\"0\""
    let tile = 16
    let faces = Array(stride(from: 0, to: samples, by: 2))
    let columns = 40
    var sheet = Image(width: columns * tile, height: (faces.count + columns - 1) / columns * tile)
    for (place, index) in faces.enumerated() {
      for y in 0..<tile {
        for x in 0..<tile {
          let offset = ((place / columns * tile + y) * sheet.width + place % columns * tile + x) * 3
          for channel in 0..<3 { sheet.pixels[offset + channel] = colour(index)[channel] }
        }
      }
    }
    let jpeg = try ImageCodec.encode(sheet, as: .jpeg(quality: 95, chroma: 444))
    map.sheets = [.init(jpeg: Data(jpeg), tilePixels: tile, columns: columns, samples: faces)]
    model.map = map
    model.splits = []
    return model
  }

  @Test(.enabled(if: canRun, "needs chromium and node-d3"), arguments: [1400, 420])
  func theMapCanBeUsed(width: Int) throws {
    let model = try Self.model(samples: 3000)
    let library = try #require(ScriptLibrary(source: String(contentsOfFile: Self.d3, encoding: .utf8), licence: "BSD"))
    let seen = try drive(Report.output(model, library: library).html, width: width)
    #expect(seen.faults == [])
    #expect(seen.pageWidth == width, "the page is wider than the window")
    #expect(seen.count == 3000 && seen.shown == 3000 && seen.shownAgain == 3000)
    #expect(try #require(seen.pointPixels) > 5000)
    #expect(try #require(seen.colours) >= 5, "four clusters on paper")
    #expect(try #require(seen.firstDrawingMilliseconds) < 10_000)
    let keys = try #require(model.map?.keys)
    for hover in try #require(seen.hovers) {
      #expect(hover.key == hover.expected || hover.apart < 2, "\(hover.key) is shown for \(hover.expected)")
      let index = try #require(keys.firstIndex(of: hover.key))
      #expect(hover.facts["cluster"] == "\(index % 4)")
      #expect(hover.facts["label"] == (index % 3 == 0 ? "real" : "fake"))
      guard index.isMultiple(of: 2) else {
        #expect(hover.face == nil)
        continue
      }
      for (seen, sent) in zip(try #require(hover.face), Self.colour(index)) { #expect(abs(seen - Double(sent)) < 6) }
    }
    #expect(seen.firstValueCount == 750 && seen.shownWithoutFirstValue == 2250)
    #expect(seen.shownBySearch == 1 && seen.shownByFileName == 1, "a key, and CLIP001500.MP4")
    #expect(seen.lassoCount == seen.lassoExpected)
    #expect(try #require(seen.lassoCount) > 300)
    #expect(seen.lassoRows == 200)
    #expect(seen.downloadedLines == seen.lassoCount.map { $0 + 1 } && seen.copiedLines == seen.lassoCount)
    #expect(try #require(seen.zoomedBy) > 1.5)
    #expect(seen.attributes?.names == ["cluster", "label", "method", "sharpness"] && seen.attributes?.strip == true)
    #expect(seen.planes == 2)
  }

  @Test(.enabled(if: canRun, "needs chromium and node-d3"))
  func aPageWithoutTheLibraryHasNoFaults() throws {
    let seen = try drive(Report.output(Self.model(samples: 300)).html)
    #expect(!seen.hasMap && seen.faults == [])
  }
}
