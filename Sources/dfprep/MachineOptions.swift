internal import ArgumentParser
internal import Stages

/// Settings of the machine: never part of a fingerprint, never able to change a result.
struct MachineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Workers at a time. Default: DFPREP_JOBS, or the cores of this machine.", valueName: "n"))
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
      "Longest time for one family of videos; one that takes longer is left unfinished. Default: DFPREP_TIME_OUT, or none.",
      valueName: "seconds"))
  var timeOut: Double?

  @Option(
    help: ArgumentHelp(
      "Most memory of one worker, MiB; the family that takes more is left unfinished. Default: DFPREP_WORKER_MEMORY, or none.",
      valueName: "mib"))
  var workerMemory: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs is at least 1") }
    if let timeOut, timeOut <= 0 { throw ValidationError("--time-out is more than 0") }
    if let workerMemory, workerMemory < 1 { throw ValidationError("--worker-memory is at least 1") }
  }

  var settings: MachineSettings {
    MachineSettings(
      jobs: jobs, store: store, models: models, output: output, timeOutSeconds: timeOut, workerMebibytes: workerMemory)
  }
}

/// A pipeline and how to read it.
struct PipelineOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The pipeline file; found also where only the case of its path differs.", valueName: "pipeline"))
  var pipeline: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Changes one option: `stage.option=value`. May be repeated.", valueName: "stage.option=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Takes at most so many families per dataset and label, to try things.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Stops after the stage with this id.", valueName: "stage"))
  var until: String?

  func project(_ machine: MachineOptions) throws -> Project {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    let project = try Project(
      pipeline: pipeline, overrides: overrides, limit: limit, until: until, machine: machine.settings)
    if let note = project.pathNote { Console.remark(note) }
    return project
  }
}
