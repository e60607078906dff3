import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite("The scripts that Slurm runs", .serialized)
struct SlurmScriptsTests {
  @Test("They can be printed, submit nothing, and are sound bash with the site's options and the numerics profile")
  func printed() throws {
    try SlurmWorkshop.with { workshop in
      workshop.settings = SlurmSettings(
        partition: "cpu", account: "faces", time: "1:00:00", memory: "3G", options: ["--qos=long"],
        setup: ["module load ffmpeg"])
      #expect(try workshop.step(.print, [workshop.unit("u")]))
      #expect(try workshop.slurm.waiting().isEmpty)
      #expect(try SlurmChain.read(workshop.run)?.state == .printed)
      let folder = try workshop.folder(1)
      for name in ["work.sh", "collect.sh", "submit.sh"] {
        let check = try runProcess("bash", ["-n", folder.file(name).path(percentEncoded: false)])
        #expect(check.status == 0, "\(check.errors)")
      }
      let work = try String(contentsOf: folder.file("work.sh"), encoding: .utf8)
      for line in [
        "#SBATCH --partition=cpu", "#SBATCH --account=faces", "#SBATCH --time=1:00:00", "#SBATCH --mem=3G",
        "#SBATCH --requeue", "#SBATCH --signal=USR1@120", "#SBATCH --qos=long", "module load ffmpeg",
        "export OPENBLAS_CORETYPE=Haswell",
      ] { #expect(work.split(separator: "\n").contains(Substring(line)), "\(line)") }
      let collect = try String(contentsOf: folder.file("collect.sh"), encoding: .utf8)
      #expect(collect.contains("exec /nonexistent run 'it'\\''s.yaml' --engine slurm --continue 1\n"))

      // By hand, later.
      try runProcess(
        "bash", [folder.file("submit.sh").path(percentEncoded: false)], environment: workshop.slurm.environment)
      #expect(try workshop.slurm.waiting().count == 2)
    }
  }

  @Test("The exit status of a worker is written down, whatever it is", arguments: [0, 1, 75, 139])
  func status(_ status: Int) throws {
    try SlurmWorkshop.with { workshop in
      try Self.prepare(workshop, worker: "exit \(status)")
      _ = try workshop.slurm.runAll { job, _ in job.array == nil }
      let folder = try workshop.folder(1)
      #expect(try String(contentsOf: folder.file("u.end"), encoding: .utf8) == "\(status)\n")
      let log = try String(contentsOf: folder.file("u.log"), encoding: .utf8)
      #expect(log.contains("worker --alone \(folder.file("u.json").path(percentEncoded: false))"))
      #expect(log.contains("caps Haswell"))
    }
  }

  @Test("The script outlives Slurm's last word, and writes down what the worker did with it")
  func notice() throws {
    try SlurmWorkshop.with { workshop in
      // Slurm tells the script as well when the grace is over.
      try Self.prepare(workshop, worker: "kill -TERM $PPID; sleep 0.2; exit 0")
      _ = try workshop.slurm.runAll { job, _ in job.array == nil }
      #expect(try String(contentsOf: workshop.folder(1).file("u.end"), encoding: .utf8) == "0\n")
    }
  }

  @Test("A worker that ended with nothing kept because the node was wanted leaves its task to Slurm")
  func requeue() throws {
    try SlurmWorkshop.with { workshop in
      try Self.prepare(workshop, worker: "exit 143")
      _ = try workshop.slurm.runAll { job, _ in job.array == nil }
      #expect(!FileSystem.exists(try workshop.folder(1).file("u.end")))
    }
  }

  /// Writes the scripts of one task, with a worker that is a few lines of bash, and puts them into the queue.
  private static func prepare(_ workshop: SlurmWorkshop, worker: String) throws {
    #expect(try workshop.step(.submit, [workshop.unit("u")]))
    let program = workshop.root.appending(path: "worker")
    try TestFiles.writeProgram("#!/bin/bash\necho \"$@\"; echo caps $OPENBLAS_CORETYPE\n\(worker)\n", to: program)
    let file = try workshop.folder(1).file("work.sh")
    let script = try String(contentsOf: file, encoding: .utf8)
    try Data(script.replacing("/nonexistent", with: program.path(percentEncoded: false)).utf8).write(to: file)
  }
}
