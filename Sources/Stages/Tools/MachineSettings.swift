package import Foundation

/// Settings of the machine: flags, then `DFPREP_...` variables, then defaults. Never part of a fingerprint.
package struct MachineSettings: Sendable {
  package var jobs: Int
  private let store: String?
  private let models: String?
  package let output: String?

  package init(
    jobs: Int?, store: String?, models: String?, output: String?,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.jobs =
      jobs ?? environment["DFPREP_JOBS"].flatMap(Int.init).map { max(1, $0) }
      ?? ProcessInfo.processInfo.activeProcessorCount
    self.store = store ?? environment["DFPREP_STORE"]
    self.models = models ?? environment["DFPREP_MODELS"]
    self.output = output
  }

  /// Where results are kept by fingerprint: `store` beside the run's folder unless set.
  package func storeFolder(besideRun run: URL) -> URL {
    store.map { URL(filePath: $0) } ?? run.deletingLastPathComponent().appending(path: "store")
  }

  /// Where model weights are: `models` beside datasets.toml unless set.
  package func modelsFolder(beside catalogue: URL?) -> URL {
    if let models { return URL(filePath: models) }
    let folder = catalogue ?? Project.catalogueFile(near: nil) ?? URL(filePath: "datasets.toml")
    return folder.deletingLastPathComponent().appending(path: "models")
  }
}
