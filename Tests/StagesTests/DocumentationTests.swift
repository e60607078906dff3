import Engine
import Foundation
import Stages
import TestSupport
import Testing

struct DocumentationTests {
  @Test("docs/stages.md is what the stages say of themselves; `make docs` writes it")
  func stagesPageIsCurrent() throws {
    let page = try String(contentsOf: TestFiles.repository.appending(path: "docs/stages.md"), encoding: .utf8)
    let generated = try StageDocumentation.markdown(StandardStages.registry)
    let lines = zip(page.split(separator: "\n"), generated.split(separator: "\n"))
    let difference = lines.first { $0 != $1 }.map { "'\($0)' should be '\($1)'" } ?? "lines missing or left over"
    let isCurrent = page == generated
    #expect(isCurrent, "\(difference)")
  }

  @Test("every stage and every option is on the page")
  func everythingIsNamed() throws {
    let page = try StageDocumentation.markdown(StandardStages.registry)
    for stage in StandardStages.registry.stages {
      func names<Body: Stage>(_ type: Body.Type) -> [String] { Body.Options.fields.map(\.name) }
      #expect(page.contains("\n## \(stage.name)\n"))
      for option in names(stage) {
        // A group of options has a line for each of them.
        #expect(page.contains("| `\(option)` | ") || page.contains("| `\(option)."), "\(stage.name).\(option)")
      }
    }
  }
}
