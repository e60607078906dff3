import Foundation
import Records
import TestSupport
import Testing

@testable import Engine

@Suite("Tasks that go through Slurm's queue", .serialized)
struct SlurmExecutorTests {
  @Test("Arrays are cut at the site's size, throttled one after the other, and followed by the job that collects")
  func arrays() throws {
    try SlurmWorkshop.with(maxArraySize: 2) { workshop in
      workshop.settings.throttle = 3
      #expect(try workshop.step(.submit, (0..<5).map { workshop.unit("u\($0)") }))
      let jobs = try workshop.slurm.waiting()
      #expect(jobs.map { $0.array?.count } == [2, 2, 1, nil])
      #expect(jobs.map(\.arguments) == [["0"], ["2"], ["4"], []])
      #expect(jobs[0].options.contains("--array=0-1%3"))
      #expect(jobs[1].options.contains("--dependency=afterany:101"))
      #expect(jobs[3].options.contains("--dependency=afterany:101:102:103"))
      #expect(jobs[3].script.hasSuffix("/plan/slurm/0001-lines/collect.sh"))
      #expect(try workshop.folder(1).jobs().work.map(\.tasks) == [0..<2, 2..<4, 4..<5])
      #expect(try workshop.folder(1).jobs().collect == "104")
    }
  }

  @Test("A step goes on over processes: what ended is told, what was lost is begun again, what is done is done")
  func goesOn() throws {
    try SlurmWorkshop.with { workshop in
      let tasks = ["done", "lost", "broken"].map { workshop.unit($0) }
      #expect(try workshop.step(.submit, tasks))
      try workshop.end("done", of: 1, status: 0)
      try workshop.end("broken", of: 1, status: 139, events: [.familyStarted(name: "text/broken-0")])
      // The same process would have kept count of crashes; the next one comes to the same count.
      func collect(_ number: Int) throws -> (isHandedOn: Bool, told: [String]) {
        var told: [String] = []
        var crashes = 0
        let isHandedOn = try workshop.step(.collect(submission: number), [workshop.unit("other")]) { task, result in
          switch result {
          case .crashed(let signal, let family):
            crashes += 1
            told.append("\(task.id) crashed \(signal) \(family ?? "") time \(crashes)")
            return crashes == 1 ? [workshop.unit("\(task.id)-again")] : []
          case .done: told.append("\(task.id) done")
          default: told.append("\(task.id) \(result)")
          }
          return []
        }
        return (isHandedOn, told)
      }
      var end = try collect(1)
      #expect(end.isHandedOn)
      #expect(end.told == ["done done", "broken crashed 11 text/broken-0 time 1"])
      #expect(try workshop.entries(2) == ["lost 2", "broken-again 1"])

      try workshop.end("lost", of: 2, status: 0)
      try workshop.end("broken-again", of: 2, status: 139, events: [.familyStarted(name: "text/broken-0")])
      end = try collect(2)
      #expect(!end.isHandedOn)
      #expect(
        end.told == [
          "done done", "broken crashed 11 text/broken-0 time 1", "lost done",
          "broken-again crashed 11 text/broken-0 time 2",
        ])
    }
  }

  @Test("A task whose machine is lost every time is given up, a unit in good time to try its families one by one")
  func givenUp() throws {
    try SlurmWorkshop.with { workshop in
      var left: [String: [String]] = [:]
      #expect(try workshop.step(.submit, [workshop.unit("one"), workshop.unit("many", families: 3)]))
      for number in 1...3 {
        let isHandedOn = try workshop.step(.collect(submission: number), []) { task, result in
          if case .cutShort(let families, let reason) = result {
            left[task.id] = families
            #expect(reason.contains("its machine was lost"))
          }
          return []
        }
        #expect(isHandedOn == (number < 3))
        if number == 2 { #expect(try workshop.entries(3) == ["one 3"]) }
      }
      #expect(left == ["many": ["text/many-0", "text/many-1", "text/many-2"], "one": ["text/one-0"]])
    }
  }

  @Test("A worker that stopped in time says what is left, one that could keep nothing is begun again")
  func notice() throws {
    try SlurmWorkshop.with { workshop in
      let unit = workshop.unit("part", families: 3)
      #expect(try workshop.step(.submit, [unit, workshop.unit("none")]))
      let ended = WorkerEvent.familyEnded(name: "text/part-0", samples: 3, failed: 0, stages: nil)
      try workshop.end("part", of: 1, status: 0, events: [ended, .stoppedEarly(left: ["text/part-2"])])
      try workshop.end("none", of: 1, status: 75)
      var told: [String] = []
      #expect(
        try workshop.step(
          .collect(submission: 1), [],
          onEnd: { task, result in
            if case .cutShort(let left, _) = result { told += left }
            return []
          },
          onEvent: { task, event in
            if case .familyEnded(let name, _, _, _) = event { told.append("\(task.id): \(name)") }
          }))
      #expect(told == ["part: text/part-0", "text/part-2"])
      #expect(try workshop.entries(2) == ["none 2"])
    }
  }

  @Test("What the site does not take now goes with the next submission, and counts as never begun")
  func refused() throws {
    try SlurmWorkshop.with(maxArraySize: 1) { workshop in
      try workshop.slurm.takeAtMost(2)
      // Two arrays are taken, and then not the job that collects: nothing may run that nobody looks after.
      #expect(throws: ToolError.self) { try workshop.step(.submit, ["a", "b", "c"].map { workshop.unit($0) }) }
      #expect(try workshop.slurm.waiting().isEmpty)
      try workshop.slurm.takeAtMost(nil)
      #expect(try workshop.step(.submit, ["a", "b", "c"].map { workshop.unit($0) }))
      // As if only the first array had been taken.
      let file = try workshop.folder(2).file("jobs.txt")
      try Data("0 1 103\ncollect 104\n".utf8).write(to: file)
      try workshop.end("a", of: 2, status: 0)
      #expect(try workshop.step(.collect(submission: 2), []))
      #expect(try workshop.entries(3) == ["b 1", "c 1"])
    }
  }

  @Test("A worker that says why it cannot go on is heard")
  func failure() throws {
    try SlurmWorkshop.with { workshop in
      #expect(try workshop.step(.submit, [workshop.unit("u")]))
      try workshop.end("u", of: 1, status: 69, events: [.fatal(message: "no model", status: 69)])
      var told = ""
      #expect(
        try !workshop.step(.collect(submission: 1), []) { _, result in
          if case .failed(let message, let status) = result { told = "\(message) \(status)" }
          return []
        })
      #expect(told == "no model missing")
    }
  }

  @Test("A table stage is a job with a node of its own, which does it there and then")
  func wholeTable() throws {
    try SlurmWorkshop.with { workshop in
      let inputs = try workshop.description()
      func table(_ part: String?) -> WorkerTask {
        workshop.task(
          "tally",
          .table(
            TableWork(
              stage: inputs.pipeline.stages[3], inputs: inputs, part: part, parts: [:], fingerprint: Digest(of: Data()),
              output: "/nonexistent")))
      }
      #expect(try workshop.step(.submit, [table(nil)], label: "tally"))
      let jobs = try workshop.slurm.waiting()
      #expect(jobs.map { URL(filePath: $0.script).lastPathComponent } == ["tables.sh", "collect.sh"])
      let script = try String(contentsOfFile: jobs[0].script, encoding: .utf8)
      #expect(script.contains("#SBATCH --exclusive\n") && script.contains("--continue 1 --whole-node"))
      // The job itself starts a worker; there is no such program here, and that is how it is seen.
      #expect(throws: ToolError.self) {
        try workshop.step(.tables(submission: 1), [table(nil)], label: "tally")
      }
      // The job ends without having come further: three times, then it is told.
      for number in 1...2 {
        #expect(try workshop.step(.collect(submission: number), [table(nil)], label: "tally"))
      }
      var reason = ""
      #expect(
        try !workshop.step(.collect(submission: 3), [table(nil)], label: "tally") { _, result in
          if case .cutShort(_, let why) = result { reason = why }
          return []
        })
      #expect(reason.contains("tables.out"))
      // Parts are tasks of an array, and a step of their own.
      #expect(try workshop.step(.tables(submission: 3), [table("0"), table("1")], label: "tally"))
      #expect(try SlurmChain.read(workshop.run)?.step == "tally")
    }
  }

  @Test("Time limits are read as sbatch reads them")
  func times() {
    let good = ["30": 1800, "1:30": 90, "2:00:00": 7200, "1-0": 86400, "1-1:30": 91800, "0-0:0:5": 5]
    for (text, seconds) in good { #expect(SlurmSettings.seconds(text) == seconds, "\(text)") }
    for text in ["", "2h", "1:2:3:4", "-1", "1-", "a-1"] { #expect(SlurmSettings.seconds(text) == nil, "\(text)") }
    #expect(SlurmSettings(time: "4").noticeSeconds == 60)
    #expect(SlurmSettings(time: "1-0").noticeSeconds == 120)
  }
}
