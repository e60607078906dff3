internal import ArgumentParser
internal import Stages

/// Settings of the machine: never part of a fingerprint, never able to change a result.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Workers at a time. Default: DFPREP_JOBS, or the cores of this machine; with Slurm 16, for which the work is cut.",
      valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Where results are kept by fingerprint. Default: DFPREP_STORE, or `store` beside the run's folder.",
      valueName: "folder"))
  var store: String?

  @Option(
    help: ArgumentHelp(
      "Folder of model weights. Default: DFPREP_MODELS, or `models` beside datasets.toml.", valueName: "folder"))
  var models: String?

  @Option(help: ArgumentHelp("The run's folder, instead of the pipeline's `output`.", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Settings of a machine, by name, out of machines.toml. Default: DFPREP_PROFILE, or `default` where there is one.",
      valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("Who does the work: local or slurm.", valueName: "engine"))
  var engine: String?

  @Option(help: ArgumentHelp("Folder on a disk of the machine for temporary files.", valueName: "folder"))
  var scratch: String?

  @Option(
    help: ArgumentHelp("Most memory of a worker: 4G; a family that takes more is left unfinished.", valueName: "size"))
  var memory: String?

  @Option(help: ArgumentHelp("Slurm: the partition.", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("Slurm: the account.", valueName: "name"))
  var account: String?

  @Option(help: ArgumentHelp("Slurm: longest time of a worker, as sbatch reads it.", valueName: "time"))
  var time: String?

  @Option(help: ArgumentHelp("Slurm: tasks of an array that run at a time.", valueName: "n"))
  var throttle: Int?

  @Option(
    help: ArgumentHelp(
      "Longest time for one family of videos; one that takes longer is left unfinished. Default: DFPREP_TIME_OUT, or none.",
      valueName: "seconds"))
  var timeOut: Double?

  var flags: MachineFlags {
    MachineFlags(
      [
        .jobs: jobs.map(String.init), .store: store, .models: models, .engine: engine, .scratch: scratch,
        .memory: memory, .partition: partition, .account: account, .time: time,
        .throttle: throttle.map(String.init), .timeOut: timeOut.map { "\($0)" },
      ], profile: profile, output: output)
  }

  /// These options, but for the run's folder, as they are written on a command line.
  var arguments: [String] {
    flags.values.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { ["--\($0.key.rawValue)", $0.value] }
      + (profile.map { ["--profile", $0] } ?? [])
  }
}

/// A pipeline and how to read it.
struct PipelineOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The pipeline file; found also where only the case of its path differs.", valueName: "pipeline"))
  var pipeline: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Changes one option, or of one that is a mapping one member: `stage.option=value`, `stage.option.member=value`. May be repeated.",
      valueName: "stage.option=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Takes at most so many families per dataset and label, to try things.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Stops after the stage with this id.", valueName: "stage"))
  var until: String?

  func project(_ machine: MachineOptions) throws -> Project {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    let project = try Project(
      pipeline: pipeline, overrides: overrides, limit: limit, until: until, machine: machine.flags)
    if let note = project.pathNote { Console.remark(note) }
    return project
  }
}
