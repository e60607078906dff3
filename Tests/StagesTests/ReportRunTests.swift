import Foundation
import TestSupport
import Testing

/// The verb `report` on a run.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then these wait"))
struct ReportRunTests {
  @Test func `a report is written again, whole or in part, and shows no face that the pipeline forbids`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder, families: 5)
      try workspace.pipeline("shown", stages: Workspace.stagesToShards + "\n  - report: {}")
      let run = try workspace.dfprep("run", "Pipelines/shown.yaml")
      try #require(run.status == 0, "\(run.errors)")
      let page = "runs/shown/report/index.html"
      let first = try workspace.text(page)
      for anchor in ["map", "clusters", "k", "splits", "folds", "leaks", "sources", "stages", "pipeline"] {
        #expect(first.contains("<section id=\"\(anchor)\">"), "\(anchor) is not there")
      }
      #expect(first.contains("<img ") && !first.contains("does not add up") && !first.contains("straddling"))
      #expect(try workspace.text("runs/shown/report/figures/map.svg").hasPrefix("<svg "))

      let again = try workspace.dfprep("report", "runs/shown")
      #expect(again.status == 0 && again.output.hasSuffix("report/index.html\n"))
      #expect(try workspace.text(page) == first, "the same run gives the same page")

      #expect(try workspace.dfprep("report", "runs/shown", "--section", "clusters", "--no-pictures").status == 0)
      let part = try workspace.text("runs/shown/report/clusters.html")
      #expect(part.components(separatedBy: "<section").count == 2 && !part.contains("<img "))
      #expect(try workspace.text(page) == first, "a part does not take the place of the whole")

      let wrong = try workspace.dfprep("report", "runs/shown", "--section", "clusers")
      #expect(wrong.status == 64 && wrong.errors.contains("did you mean 'clusters'?"), "\(wrong.errors)")
      #expect(try workspace.dfprep("report", folder.path(percentEncoded: false)).status == 64)
      #expect(try workspace.dfprep("report", "runs/shown", "--output", "elsewhere/page.html").status == 0)
      #expect(try workspace.text("elsewhere/page.html") == first)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "elsewhere/figures").path))

      // Found by another stage, or by hand: shown, where it is.
      let hardness = #"{"features":"x","splits":[{"name":"random","fold":0,"twoSampleAUC":0.52}]}"#
      try Data(hardness.utf8).write(to: folder.appending(path: "runs/shown/hardness.json"))
      #expect(try workspace.dfprep("report", "runs/shown").status == 0)
      #expect(try workspace.text(page).contains("Two-sample AUC"))

      try workspace.pipeline("hidden", stages: Workspace.stagesToShards + "\n  - report: {pictures: false}")
      #expect(try workspace.dfprep("run", "Pipelines/hidden.yaml").status == 0)
      #expect(try workspace.dfprep("report", "runs/hidden").status == 0)
      let hidden = try workspace.text("runs/hidden/report/index.html")
      #expect(!hidden.contains("<img ") && !hidden.contains("class=\"map-sheet\">"))
      #expect(hidden.contains("<section id=\"map\">"))
    }
  }
}
