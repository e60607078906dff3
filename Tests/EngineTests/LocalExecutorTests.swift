import Foundation
import Records
import TestSupport
import Testing

@testable import Engine

/// Workers are scripts that keep the contract: a task by argument, further ones by line, a byte on descriptor 3 per task done.
@Suite("Workers that take one task after another", .serialized)
struct LocalExecutorTests {
  /// Notes its process beside the task; does what the task's name says.
  private static let script = """
    #!/bin/bash
    file=$2
    while :; do
      task=$(basename "$file" .json)
      echo $$ >"${file%.json}.process"
      echo "printed" >&2
      printf '{"familyStarted":{"name":"%s"}}\\n' "$task" >>"${file%.json}.events.jsonl"
      case $task in
        kill*) kill -KILL $$ ;;
        stop*) kill -STOP $$ ;;
        fail*) printf '{"fatal":{"message":"no","status":69}}\\n' >>"${file%.json}.events.jsonl"; exit 69 ;;
        retire*) exit 0 ;;
      esac
      sleep 0.02
      printf . >&3
      read -r file || exit 143
    done
    """

  private struct Outcome {
    var ends: [String] = []
    var exceeded: [String] = []
    /// Process by task.
    var processes: [String: String] = [:]
    var workers: Set<String> { Set(processes.values) }
  }

  private func run(_ names: [String], jobs: Int, isTable: Bool = false, seconds: Double? = nil) throws -> Outcome {
    try TestFiles.withTemporaryDirectory { folder in
      let executable = folder.appending(path: "worker.sh").path(percentEncoded: false)
      try TestFiles.writeProgram(Self.script, to: URL(filePath: executable))
      let tasks = try names.map { try task($0, isTable: isTable, seconds: seconds, folder) }
      let executor = LocalExecutor(
        jobs: jobs, executable: executable, planFolder: folder, scratch: nil, interruption: Interruption())
      var outcome = Outcome()
      try executor.run(
        tasks, label: "test",
        onEvent: { task, event in if case .exceeded(let why) = event { outcome.exceeded.append("\(task.id): \(why)") }
        },
        onIdle: {},
        onEnd: { task, result in
          switch result {
          case .done: outcome.ends.append("\(task.id) done")
          case .failed(let message, let status): outcome.ends.append("\(task.id) \(status.rawValue) \(message)")
          case .crashed(let signal, let family): outcome.ends.append("\(task.id) signal \(signal) at \(family ?? "")")
          case .cutShort: outcome.ends.append("\(task.id) cut short")
          }
          return []
        })
      for name in names {
        let process = try String(contentsOf: folder.appending(path: "\(name).process"), encoding: .utf8)
        outcome.processes[name] = process.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      for process in outcome.workers {
        #expect(kill(Int32(process) ?? 0, 0) != 0, "no worker lives longer than the run")
      }
      outcome.ends.sort()
      return outcome
    }
  }

  private func task(_ id: String, isTable: Bool, seconds: Double?, _ folder: URL) throws -> WorkerTask {
    let stage = PipelineSpec.StageEntry(id: "show", name: "show", options: .object([:]))
    let inputs = try RunState(Workshop(root: folder, store: folder.appending(path: "store")).request([])).description()
    let work: WorkerTask.Work =
      isTable
      ? .table(
        TableWork(
          stage: stage, inputs: inputs, part: id, parts: [:], fingerprint: Digest(of: Data()), output: ""))
      : .unit(UnitWork(chain: Digest(of: Data()), stages: [stage], families: [], folder: "", attempt: 0))
    var task = WorkerTask(
      id: id, seed: 1, modelsFolder: "", roots: [:], work: work,
      events: folder.appending(path: "\(id).events.jsonl").path(percentEncoded: false))
    task.limits.familySeconds = seconds
    return task
  }

  @Test("Two workers do all units; each part of a table has a worker of its own")
  func reuse() throws {
    let names = (0..<8).map { "unit-\($0)" }
    let units = try run(names, jobs: 2)
    #expect(units.ends == names.map { "\($0) done" })
    #expect(units.workers.count == 2)
    let parts = try run(names, jobs: 2, isTable: true)
    #expect(parts.ends == units.ends && parts.workers.count == names.count)
  }

  @Test("A worker that is killed takes the task in hand with it and no other")
  func killed() throws {
    let outcome = try run(["a", "b", "kill", "c", "d"], jobs: 1)
    #expect(outcome.ends == ["a done", "b done", "c done", "d done", "kill signal 9 at kill"])
    #expect(outcome.workers.count == 2)
    #expect(outcome.processes["a"] == outcome.processes["kill"])
  }

  @Test("A worker may end after any task, and may fail")
  func retired() throws {
    let outcome = try run(["a", "retire", "b", "fail", "c"], jobs: 1)
    #expect(outcome.ends == ["a done", "b done", "c done", "fail 69 no", "retire done"])
    #expect(outcome.workers.count == 3)
  }

  @Test("A worker that was stopped cannot end itself, and is ended when its time is over")
  func stopped() throws {
    let outcome = try run(["a", "stop", "b"], jobs: 1, seconds: 0.1)
    let why = "it took longer than the 0.1 s that --time-out allows"
    #expect(outcome.ends == ["a done", "b done", "stop 75 \(why)"])
    #expect(outcome.exceeded == ["stop: \(why)"])
  }
}
