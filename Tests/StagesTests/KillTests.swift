import Foundation
import TestSupport
import Testing

/// `make soak`, in short.
@Suite(
  .serialized,
  .enabled(if: TestFiles.hasModelsAndMedia, "`make test` fetches weights and photographs; until then this waits"))
struct KillTests {
  @Test func `kills at random moments leave nothing behind`() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let workspace = try Workspace(folder)
      try workspace.pipeline("clips")
      let result = try runProcess(
        "python3",
        [
          TestFiles.repository.appending(path: "Scripts/soak.py").path(percentEncoded: false), "--dfprep",
          TestFiles.dfprep.path(percentEncoded: false), "--pipeline", "Pipelines/clips.yaml", "--work", "soak",
          "--kills",
          "3",
        ], environment: ["DFPREP_MODELS": TestFiles.models.path(percentEncoded: false)], directory: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("3 kills"), "\(result.output)")
    }
  }
}
