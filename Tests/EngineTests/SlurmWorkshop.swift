import Foundation
import Records
import TestSupport

@testable import Engine

/// A Slurm that is none, an executor over it, and a run's folder.
struct SlurmWorkshop {
  let root: URL
  let slurm: FakeSlurm
  let run: RunFolder
  var settings = SlurmSettings()

  static func with(maxArraySize: Int = 1001, _ body: (inout SlurmWorkshop) throws -> Void) throws {
    try TestFiles.withTemporaryDirectory { root in
      var workshop = SlurmWorkshop(
        root: root, slurm: try FakeSlurm(root.appending(path: "slurm"), maxArraySize: maxArraySize),
        run: RunFolder(root: root.appending(path: "run")))
      try body(&workshop)
    }
  }

  /// A unit of families `text/<id>-0` and so on.
  func unit(_ id: String, families: Int = 1) -> WorkerTask {
    let sources = (0..<families).map { Source(dataset: "text", path: "\(id)-\($0)", label: .real) }
    return task(
      id,
      .unit(
        UnitWork(
          chain: Digest(of: Data()), stages: [], families: Family.families(of: sources), folder: "/nonexistent",
          attempt: 0))
    )
  }

  func task(_ id: String, _ work: WorkerTask.Work) -> WorkerTask {
    WorkerTask(id: id, seed: 1, modelsFolder: "", roots: [:], work: work, events: "")
  }

  /// What one process does with a step's tasks.
  ///
  /// - Returns: whether it handed them on.
  func step(
    _ phase: SlurmRequest.Phase, _ tasks: [WorkerTask], label: String = "lines > cut",
    onEnd: (WorkerTask, TaskResult) throws -> [WorkerTask] = { _, _ in [] },
    onEvent: (WorkerTask, WorkerEvent) -> Void = { _, _ in }
  ) throws -> Bool {
    let request = try Workshop(root: root, store: root.appending(path: "store")).request([])
    let environment = ProcessInfo.processInfo.environment.merging(slurm.environment) { $1 }
    let executor = SlurmExecutor(
      SlurmRequest(
        settings: settings, phase: phase, command: ["run", "it's.yaml", "--engine", "slurm"],
        directory: root.path(percentEncoded: false), environment: environment),
      request: request, run: run,
      local: LocalExecutor(
        jobs: 1, executable: "/nonexistent", planFolder: run.plan, scratch: nil, interruption: Interruption()))
    do {
      try executor.run(tasks, label: label, onEvent: onEvent, onIdle: {}, onEnd: onEnd)
      return false
    } catch is Suspension { return true }
  }

  /// Ids of the tasks of a submission, with their attempts.
  func entries(_ number: Int) throws -> [String] {
    let chain = try SlurmChain.read(run)
    let (submission, _) = try SlurmSubmission.read(number, step: chain?.step ?? "", of: run)
    return submission.entries.map { "\($0.id) \($0.attempt)" }
  }

  func folder(_ number: Int) throws -> SlurmSubmissionFolder {
    SlurmSubmissionFolder(url: SlurmSubmission.folder(number, step: try SlurmChain.read(run)?.step ?? "", of: run))
  }

  /// Writes how a task's worker ended, and what it had told.
  func end(_ id: String, of number: Int, status: Int32, events: [WorkerEvent] = []) throws {
    let folder = try folder(number)
    let lines = try events.map { try CanonicalJSON.string($0) + "\n" }.joined()
    try Data(lines.utf8).write(to: folder.file("\(id).events.jsonl"))
    try Data("\(status)\n".utf8).write(to: folder.file("\(id).end"))
  }
}

extension SlurmWorkshop {
  /// What a table stage of a run over no sources would be given.
  func description() throws -> TableInputs.Description {
    try RunState(Workshop(root: root, store: root.appending(path: "store")).request([])).description()
  }
}
