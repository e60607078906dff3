import Foundation
import Records
import Reporting
import Testing

@Suite struct AuditReportTests {
  @Test func `a page of an audit holds its words escaped, its numbers and its pictures`() throws {
    let picture = AuditReport.Picture(key: "d/<a>", label: .fake, jpeg: Data([1, 2, 3]))
    let page = try Report.html(
      AuditReport(
        title: "a <split>", warnings: ["7 links & more"], figures: [(value: 1234, name: "videos")],
        sections: [
          AuditReport.Section(
            anchor: "sides", heading: "Sides", lead: "a list",
            blocks: [
              .table(headings: ["side", "#videos"], rows: [["train", "1200"], ["test", "34"]]),
              .comparison(left: [picture], link: "train and test, 3 bits", right: [picture]), .remark("and <more>"),
            ])
        ]))
    #expect(page.contains("Audit of a split") && page.contains("a &lt;split&gt;") && !page.contains("a <split>"))
    #expect(page.contains("7 links &amp; more") && page.contains("and &lt;more&gt;"))
    #expect(page.contains("1\u{202F}234") && page.contains("1\u{202F}200"))
    #expect(page.components(separatedBy: "data:image/jpeg;base64,AQID").count == 3)
    #expect(page.contains("train and test, 3 bits") && page.contains("href=\"#sides\""))
    #expect(!page.contains("Pipeline <code>"))
  }
}
