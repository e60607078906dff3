import Foundation
import Records
import Reporting
import Testing

@Suite struct AuditReportTests {
  @Test func `a page of an audit holds its words escaped, its numbers and its pictures`() throws {
    let picture = ReportModel.Picture(key: "d/<a>", label: .fake, jpeg: Data([1, 2, 3]))
    let page = try Report.html(
      AuditReport(
        title: "a <split>", warnings: ["7 links & more"], figures: [(value: 1234, name: "videos")],
        sections: [
          AuditReport.Section(
            anchor: "sides", heading: "Sides", lead: "a list",
            blocks: [
              .table(headings: ["side", "#videos"], rows: [["train", "1200"], ["test", "34"]]),
              .links([
                CrossingLink(
                  kind: "near-duplicate", isHard: false, common: "<a> and b", reason: "1 pair alike",
                  evidence: "3 bits",
                  places: ["split"],
                  sides: [
                    CrossingLink.Side(name: "train", videos: ["d/<a>.mp4"], more: 2, pictures: [0, 9]),
                    CrossingLink.Side(name: "test", videos: ["d/b.mp4"], more: 0, pictures: [0]),
                  ])
              ]), .remark("and <more>"),
            ])
        ], pictures: [picture]))
    #expect(page.contains("Audit of a split") && page.contains("a &lt;split&gt;") && !page.contains("a <split>"))
    #expect(page.contains("7 links &amp; more") && page.contains("and &lt;more&gt;"))
    #expect(page.contains("1\u{202F}234") && page.contains("1\u{202F}200"))
    #expect(page.components(separatedBy: "data:image/jpeg;base64,AQID").count == 3)
    #expect(
      page.contains("1 pair alike: 3 bits; crosses split")
        && page.contains("<li>d/&lt;a&gt;.mp4</li><li>and 2 more</li>")
        && page.contains("&lt;a&gt; and b") && page.contains("href=\"#sides\""))
    #expect(!page.contains("Pipeline <code>"))
  }
}
