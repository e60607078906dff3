package import Engine
package import Foundation

/// Settings of the machine: flags, then `DFPREP_...` variables, then defaults. Never part of a fingerprint.
package struct MachineSettings: Sendable {
  package var jobs: Int
  private var store: String?
  private var models: String?
  package private(set) var output: String?
  /// What a worker may take; `DFPREP_TIME_OUT`, `DFPREP_WORKER_MEMORY`, `DFPREP_CHECKPOINT` where no flag says it.
  package let limits: WorkerLimits

  package init(
    jobs: Int?, store: String?, models: String?, output: String?, timeOutSeconds: Double? = nil,
    workerMebibytes: Int? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.jobs =
      jobs ?? environment["DFPREP_JOBS"].flatMap(Int.init).map { max(1, $0) }
      ?? ProcessInfo.processInfo.activeProcessorCount
    self.store = store ?? environment["DFPREP_STORE"]
    self.models = models ?? environment["DFPREP_MODELS"]
    self.output = output
    var limits = WorkerLimits()
    limits.familySeconds = timeOutSeconds ?? environment["DFPREP_TIME_OUT"].flatMap(Double.init)
    limits.memoryMebibytes = workerMebibytes ?? environment["DFPREP_WORKER_MEMORY"].flatMap(Int.init)
    if let seconds = environment["DFPREP_CHECKPOINT"].flatMap(Double.init) { limits.checkpointSeconds = seconds }
    self.limits = limits
  }

  /// The same, with places where none are set.
  func withDefaults(store: String, models: String) -> MachineSettings {
    var settings = self
    settings.store = self.store ?? store
    settings.models = self.models ?? models
    return settings
  }

  /// The same, for a run in this folder.
  func at(output: String) -> MachineSettings {
    var settings = self
    settings.output = output
    return settings
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
