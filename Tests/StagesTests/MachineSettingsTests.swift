import Engine
import Foundation
import Stages
import TestSupport
import Testing

/// Profiles of machines, and what goes before what.
@Suite struct MachineSettingsTests {
  /// A folder with a pipeline's place in it, a machines.toml beside that and one of the user's.
  private static func with(
    project: String? = nil, user: String? = nil, _ body: (URL, [String: String]) throws -> Void
  ) throws {
    try TestFiles.withTemporaryDirectory { folder in
      for (place, text) in [("project/machines.toml", project), ("config/dfprep/machines.toml", user)] {
        let file = folder.appending(path: place)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        if let text { try Data(text.utf8).write(to: file) }
      }
      let environment = [
        "HOME": folder.path(percentEncoded: false),
        "XDG_CONFIG_HOME": folder.appending(path: "config").path(percentEncoded: false),
      ]
      try body(folder.appending(path: "project/Pipelines/p.yaml"), environment)
    }
  }

  private static func slurm(_ settings: MachineSettings) -> SlurmSettings? {
    if case .slurm(let request) = settings.engine(.submit, command: []) { request.settings } else { nil }
  }

  @Test func `a default is followed by the profile, that by the environment, that by the flags`() throws {
    try Self.with(project: "[default]\njobs = 2\nstore = \"kept\"\n") { pipeline, environment in
      let profile = try MachineSettings(pipeline: pipeline, environment: environment)
      #expect(profile.jobs == 2)
      let run = URL(filePath: "/runs/x")
      let kept = pipeline.deletingLastPathComponent().deletingLastPathComponent().appending(path: "kept")
      #expect(profile.storeFolder(besideRun: run).path() == kept.path(), "a path is relative to its file")
      let variable = environment.merging(["DFPREP_JOBS": "3", "DFPREP_STORE": "/s"]) { $1 }
      #expect(try MachineSettings(pipeline: pipeline, environment: variable).jobs == 3)
      let flag = try MachineSettings(MachineFlags([.jobs: "4"]), pipeline: pipeline, environment: variable)
      #expect(flag.jobs == 4)
      #expect(flag.storeFolder(besideRun: run).path() == "/s")
      let plain = try MachineSettings(environment: ["HOME": "/nonexistent"])
      #expect(plain.storeFolder(besideRun: run).path().hasSuffix("/runs/store"))
    }
  }

  @Test func `a profile is taken whole from the first file that has it`() throws {
    let user = "[cluster]\nengine = \"slurm\"\npartition = \"users\"\naccount = \"a\"\n[other]\njobs = 7\n"
    let project = """
      [cluster]
      engine = "slurm"
      partition = "projects"
      throttle = 9
      setup = ["module load x"]
      sbatch-options = ["--qos=q"]
      """
    try Self.with(project: project, user: user) { pipeline, environment in
      let settings = try MachineSettings(MachineFlags(profile: "cluster"), pipeline: pipeline, environment: environment)
      let slurm = try #require(Self.slurm(settings))
      #expect(slurm.partition == "projects" && slurm.account == nil && slurm.throttle == 9)
      #expect(slurm.setup == ["module load x"] && slurm.options == ["--qos=q"])
      let named = environment.merging(["DFPREP_PROFILE": "other"]) { $1 }
      #expect(try MachineSettings(pipeline: pipeline, environment: named).jobs == 7)
      #expect(try Self.slurm(MachineSettings(pipeline: pipeline, environment: environment)) == nil)
    }
  }

  @Test func `what cannot be read is told by file and line, all of it, with the nearest name`() throws {
    let project = """
      [default]
      jobs = 0

      [cluster]
      engin = "slurm"
      engine = "slrum"
        memory = 4
      time = "2h"
      setup = "module load x"
      """
    try Self.with(project: project) { pipeline, environment in
      let error = #expect(throws: ToolError.self) {
        try MachineSettings(pipeline: pipeline, environment: environment)
      }
      let message = error?.message ?? ""
      #expect(error?.status == .badConfiguration)
      for part in [
        "machines.toml:2:1: error: 'jobs' is '0'; give a whole number from 1 on",
        "machines.toml:5:1: error: unknown key 'engin'; did you mean 'engine'?",
        "machines.toml:6:1: error: 'engine' is 'slrum'; did you mean 'slurm'?",
        "machines.toml:7:3: error: 'memory' is of type", "machines.toml:8:1: error: 'time' is '2h'",
        "machines.toml:9:1: error: 'setup' is a list of texts",
      ] { #expect(message.contains(part), "\(part) in\n\(message)") }
    }
    try Self.with(project: "jobs = 3\n[a\n") { pipeline, environment in
      let error = #expect(throws: ToolError.self) { try MachineSettings(pipeline: pipeline, environment: environment) }
      #expect(error?.message.contains("machines.toml:2:") == true, "\(error?.message ?? "")")
    }
  }

  @Test func `a profile that is not there, and a bad variable or flag, are refused by name`() throws {
    try Self.with(user: "[cluster]\njobs = 3\n") { pipeline, environment in
      func message(_ flags: MachineFlags, _ more: [String: String] = [:]) -> String {
        let error = #expect(throws: ToolError.self) {
          try MachineSettings(flags, pipeline: pipeline, environment: environment.merging(more) { $1 })
        }
        return error?.message ?? ""
      }
      #expect(message(MachineFlags(profile: "clutser")).contains("did you mean 'cluster'?"))
      #expect(message(MachineFlags(), ["DFPREP_JOBS": "many"]).contains("DFPREP_JOBS is 'many'"))
      #expect(message(MachineFlags([.memory: "4 GB"])).contains("--memory is '4 GB'"))
    }
  }

  @Test func `where a worker's memory is given, no more workers are started than the machine's holds`() throws {
    let memory = Int(ProcessInfo.processInfo.physicalMemory >> 20)
    let settings = try MachineSettings(MachineFlags([.memory: "\(memory / 2 + 1)M"]), environment: [:])
    #expect(settings.jobs == 1)
  }
}
