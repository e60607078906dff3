package import Engine
package import Foundation

/// What the command line says of the machine.
package struct MachineFlags: Sendable {
  /// As they were written; those not given are absent.
  package var values: [MachineKey: String]
  /// Name of a profile.
  package var profile: String?
  package var output: String?

  package init(_ values: [MachineKey: String?] = [:], profile: String? = nil, output: String? = nil) {
    self.values = values.compactMapValues { $0 }
    self.profile = profile
    self.output = output
  }
}

/// Settings of the machine: defaults, then a profile, then `DFPREP_...` variables, then flags, the later before the
/// earlier. Never part of a fingerprint.
package struct MachineSettings: Sendable {
  private var values: [MachineKey: String]
  private let lists: [MachineKey: [String]]
  private let environment: [String: String]
  package let output: String?

  /// - Parameter pipeline: the file beside which, or above which, profiles are looked for first.
  /// - Throws: ``ToolError`` with status 78 for a profile that is not there and for values that cannot be used.
  package init(
    _ flags: MachineFlags = MachineFlags(), pipeline: URL? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let profile = try MachineProfiles(near: pipeline, environment: environment)
      .profile(named: flags.profile ?? environment["DFPREP_PROFILE"].flatMap { $0.isEmpty ? nil : $0 })
    var values = profile?.values ?? [:]
    for key in MachineKey.allCases where !key.isList {
      let variable = environment[key.variable].flatMap { $0.isEmpty ? nil : (text: $0, name: key.variable) }
      guard let given = flags.values[key].map({ (text: $0, name: "--\(key.rawValue)") }) ?? variable else { continue }
      if let fault = key.fault(given.text) {
        throw ToolError(given.name.hasPrefix("--") ? .usage : .badConfiguration, "\(given.name) \(fault)")
      }
      values[key] = given.text
    }
    self.values = values
    self.environment = environment
    lists = profile?.lists ?? [:]
    output = flags.output
  }

  /// Workers at a time on this machine: as many as it has cores, or as its memory holds where a worker's is given. On
  /// Slurm, how many tasks at a time the work is cut for.
  package var jobs: Int {
    if let jobs = number(.jobs) { return jobs }
    guard values[.engine] != "slurm" else { return 16 }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    guard let memory = values[.memory].flatMap(Self.bytes) else { return cores }
    return max(1, min(cores, Int(ProcessInfo.processInfo.physicalMemory) / memory))
  }

  package var scratch: String? { values[.scratch] }

  /// What a worker may take.
  package var limits: WorkerLimits {
    var limits = WorkerLimits()
    limits.familySeconds = values[.timeOut].flatMap(Double.init)
    limits.memoryMebibytes = values[.memory].flatMap(Self.bytes).map { $0 >> 20 }
    if let seconds = values[.checkpoint].flatMap(Double.init) { limits.checkpointSeconds = seconds }
    return limits
  }

  /// The same, with places where none are set.
  func withDefaults(store: String, models: String) -> MachineSettings {
    var settings = self
    settings.values.merge([.store: store, .models: models]) { known, _ in known }
    return settings
  }

  /// Flags that ask for the same places.
  func flags(_ flags: MachineFlags, output: String) -> MachineFlags {
    var flags = flags
    flags.values.merge(values.filter { $0.key == .store || $0.key == .models }) { known, _ in known }
    flags.output = output
    return flags
  }

  /// Where results are kept by fingerprint: `store` beside the run's folder unless set.
  package func storeFolder(besideRun run: URL) -> URL {
    values[.store].map { URL(filePath: $0) } ?? run.deletingLastPathComponent().appending(path: "store")
  }

  /// Where model weights are: `models` beside datasets.toml unless set.
  package func modelsFolder(beside catalogue: URL?) -> URL {
    if let models = values[.models] { return URL(filePath: models) }
    let folder = catalogue ?? Project.catalogueFile(near: nil) ?? URL(filePath: "datasets.toml")
    return folder.deletingLastPathComponent().appending(path: "models")
  }

  /// Who does the work.
  ///
  /// - Parameter command: arguments of dfprep with which a job of a cluster goes on.
  package func engine(_ phase: SlurmRequest.Phase, command: [String]) -> EngineChoice {
    guard values[.engine] == "slurm" else { return .local }
    return .slurm(
      SlurmRequest(
        settings: SlurmSettings(
          partition: values[.partition], account: values[.account], time: values[.time], memory: values[.memory],
          throttle: number(.throttle), maxArray: number(.maxArray), tableCores: number(.tableCores),
          tableMemory: values[.tableMemory], tableTime: values[.tableTime], options: lists[.sbatchOptions] ?? [],
          setup: lists[.setup] ?? []),
        phase: phase, command: command, directory: FileManager.default.currentDirectoryPath, environment: environment))
  }

  private func number(_ key: MachineKey) -> Int? { values[key].flatMap(Int.init) }

  /// Bytes of `4G`, `500M`; a number alone is mebibytes, as Slurm reads it.
  static func bytes(_ text: String) -> Int? {
    guard let match = text.wholeMatch(of: /(\d+)([KMGTkmgt]?)/), let number = Int(match.1), number > 0,
      let shift = ["K": 10, "": 20, "M": 20, "G": 30, "T": 40][match.2.uppercased()]
    else { return nil }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: 1 << shift)
    return isTooLarge ? nil : bytes
  }
}
