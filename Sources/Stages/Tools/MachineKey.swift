internal import Engine
private import Records

/// A setting of the machine: in profiles by this name, in the environment as `DFPREP_` and the name in capitals.
package enum MachineKey: String, CaseIterable, Sendable {
  case account, checkpoint, engine, jobs, memory, models, partition, scratch, setup, store, throttle, time
  case maxArray = "max-array"
  case sbatchOptions = "sbatch-options"
  case tableCores = "table-cores"
  case tableMemory = "table-memory"
  case tableTime = "table-time"
  case timeOut = "time-out"

  package static let engines = ["local", "slurm"]

  var variable: String { "DFPREP_" + rawValue.uppercased().replacing("-", with: "_") }

  /// Whether the value is several texts; those stand in profiles alone.
  var isList: Bool { self == .setup || self == .sbatchOptions }

  /// Whether the value is a whole number from 1 on.
  var isNumber: Bool { [.jobs, .throttle, .maxArray, .tableCores].contains(self) }

  /// Whether the value is a path, in a profile relative to its file.
  var isPath: Bool { [.models, .scratch, .store].contains(self) }

  /// What is wrong with a value, in words that follow its name; `nil` for a good one.
  func fault(_ text: String) -> String? {
    switch self {
    case .jobs, .throttle, .maxArray, .tableCores:
      Int(text).map { $0 >= 1 } == true ? nil : "is '\(text)'; give a whole number from 1 on"
    case .engine:
      Self.engines.contains(text)
        ? nil
        : "is '\(text)'"
          + (nearestName(to: text, among: Self.engines).map { "; did you mean '\($0)'?" } ?? "; there are local, slurm")
    case .time, .tableTime:
      SlurmSettings.seconds(text).map { $0 > 0 } == true
        ? nil : "is '\(text)'; give minutes, H:MM:SS or D-HH:MM:SS, as sbatch reads them"
    case .memory, .tableMemory:
      MachineSettings.bytes(text) == nil ? "is '\(text)'; give a number and K, M, G or T, as '4G'" : nil
    case .checkpoint, .timeOut:
      Double(text).map { $0 > 0 } == true ? nil : "is '\(text)'; give seconds, more than 0"
    case .account, .partition:
      text.isEmpty || text.contains(where: \.isWhitespace) ? "is '\(text)'; give one word" : nil
    case .models, .scratch, .store: text.isEmpty ? "is empty; give a path" : nil
    case .setup, .sbatchOptions: nil
    }
  }
}
