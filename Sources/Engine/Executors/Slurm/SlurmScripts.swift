internal import Foundation

/// The scripts of one submission: to be read by people as well as run.
struct SlurmScripts {
  let run: String
  let submission: SlurmSubmission
  let folder: SlurmSubmissionFolder
  let executable: String
  let slurm: SlurmRequest
  let scratch: String?

  private var settings: SlurmSettings { slurm.settings }
  private var place: String { folder.url.path(percentEncoded: false) }
  private var tasks: Int { submission.entries.count }

  /// Writes all of them.
  ///
  /// - Parameter maxArray: largest number of tasks of one array.
  func write(maxArray: Int) throws {
    if submission.isWholeNode {
      try write("tables.sh", tables())
    } else {
      try Data(submission.entries.map { $0.id + "\n" }.joined().utf8).write(to: folder.file("tasks.txt"))
      try write("work.sh", work())
    }
    try write("collect.sh", collect())
    try write("submit.sh", submit(maxArray: maxArray))
  }

  private func write(_ name: String, _ text: String) throws {
    try FileSystem.write(Data(text.utf8), to: folder.file(name))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.file(name).path(percentEncoded: false))
  }

  /// One task of the array: a worker process, as the local engine starts them.
  func work() -> String {
    let notice = settings.noticeSeconds
    let header = header(
      "work", output: "slurm-%A_%a.out", memory: settings.memory, time: settings.time,
      more: ["--cpus-per-task=1", "--requeue", "--signal=USR1@\(notice)"])
    return """
      \(header)
      # \(submission.step): task number (argument 1 + index in the array) of tasks.txt, by one worker process on one core.
      \(surroundings)
      set -u
      folder=\(Self.quoted(place))
      task=$(sed -n "$((${1:-0} + SLURM_ARRAY_TASK_ID + 1))p" "$folder/tasks.txt")
      # Done already: Slurm started it once more, because its node was lost at the last moment.
      if [ "$(cat "$folder/$task.end" 2>/dev/null)" = 0 ]; then exit 0; fi
      rm -f "$folder/$task.end" "$folder/$task.events.jsonl"
      echo "job ${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID on $(hostname), start $((${SLURM_RESTART_COUNT:-0} + 1))" >>"$folder/$task.log"

      # A step of its own, which Slurm tells directly: USR1 \(notice) seconds before the time limit, TERM when it wants the node
      # back. The worker then keeps what it has done and ends. This script is to live until then.
      trap : TERM
      srun --ntasks=1 \(Self.quoted(executable)) worker --alone "$folder/$task.json" </dev/null >>"$folder/$task.log" 2>&1
      status=$?

      # 143 is a worker that had nothing to keep when the node was wanted: back into the queue, once. Whatever is left undone
      # the collect job submits anew.
      if [ "$status" = 143 ] && [ "${SLURM_RESTART_COUNT:-0}" = 0 ]; then
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && exit 143
      fi
      echo "$status" >"$folder/.$task.end" && mv "$folder/.$task.end" "$folder/$task.end"
      exit "$status"

      """
  }

  /// Table stages: `dfprep run` itself, with all cores of a node, until it comes to a stage that is done in units.
  func tables() -> String {
    let cores = settings.tableCores.map { ["--cpus-per-task=\($0)"] } ?? ["--exclusive"]
    let memory = settings.tableMemory ?? (settings.tableCores == nil ? "0" : nil)
    let header = header(
      "tables", output: "tables.out", memory: memory, time: settings.tableTime ?? settings.time,
      more: ["--nodes=1", "--ntasks=1"] + cores + ["--requeue"])
    return """
      \(header)
      # Goes on at \(submission.step).
      \(surroundings)
      \(goOn) --whole-node

      """
  }

  /// The job after those that work, however they ended.
  func collect() -> String {
    let header = header(
      "collect", output: "collect.out", memory: settings.memory, time: settings.time,
      more: ["--cpus-per-task=1", "--requeue"])
    return """
      \(header)
      # Takes in what the jobs of \(submission.step) left, works out what is to be done next, and submits that.
      \(surroundings)
      \(goOn)

      """
  }

  func submit(maxArray: Int) -> String {
    """
    #!/bin/bash
    # Submits step \(submission.number) of \(run): \(submission.step), \(tasks) task\(tasks == 1 ? "" : "s"); then the job that goes on after it.
    # `dfprep run --engine slurm` runs this; after `--print-only` it is yours to run.
    set -u
    folder=\(Self.quoted(place))
    : >"$folder/jobs.txt"
    after=
    \(submission.isWholeNode ? submitTables : submitArrays(maxArray: maxArray))
    [ -n "$after" ] || { echo "error: Slurm took none of the jobs" >&2; exit 1; }
    # afterany: whether they end well, badly, or with their node.
    if job=$(sbatch --parsable --dependency="afterany$after" "$folder/collect.sh"); then
      echo "collect ${job%%;*}" >>"$folder/jobs.txt"
    else
      scancel ${after//:/ }
      echo "error: Slurm took the work, but not the job that collects it; the work is cancelled" >&2
      exit 1
    fi

    """
  }

  private var submitTables: String {
    """
    if job=$(sbatch --parsable "$folder/tables.sh"); then
      after=":${job%%;*}"
      echo "0 1 ${job%%;*}" >>"$folder/jobs.txt"
    fi
    """
  }

  private func submitArrays(maxArray: Int) -> String {
    let throttle = settings.throttle.map { "%\($0)" } ?? ""
    let chunks = Self.chunks(tasks, size: maxArray).map { "\($0.lowerBound):\($0.count)" }.joined(separator: " ")
    // With a throttle, arrays run one after the other: each would be throttled for itself.
    let order = settings.throttle == nil ? "" : " ${last:+--dependency=afterany:$last}"
    return """
      last=
      # First task and number of tasks of each array; the site's arrays hold at most \(maxArray).
      for chunk in \(chunks); do
        first=${chunk%:*} count=${chunk#*:}
        # Where the site takes no more jobs now, the collect job submits the rest.
        job=$(sbatch --parsable --array="0-$((count - 1))\(throttle)"\(order) "$folder/work.sh" "$first") || break
        last=${job%%;*}
        after="$after:$last"
        echo "$first $count $last" >>"$folder/jobs.txt"
      done
      """
  }

  private func header(_ kind: String, output: String, memory: String?, time: String?, more: [String]) -> String {
    var options = [
      "--job-name=\(Self.plain(run))-\(Self.plain(submission.step))\(kind == "work" ? "" : "-\(kind)")",
      "--chdir=\(Self.directive(slurm.directory))",
      // A percent sign stands for something there.
      "--output=\(Self.directive(place.replacing("%", with: "%%") + "/" + output))", "--open-mode=append",
    ]
    if let partition = settings.partition { options.append("--partition=\(partition)") }
    if let account = settings.account { options.append("--account=\(account)") }
    if let time { options.append("--time=\(time)") }
    if let memory { options.append("--mem=\(memory)") }
    return (["#!/bin/bash"] + (options + more + settings.options).map { "#SBATCH \($0)" }).joined(separator: "\n")
  }

  /// What every script sets before its work: the site's lines, dfprep's own variables, the numerics profile.
  private var surroundings: String {
    let own = slurm.environment.filter { $0.key.hasPrefix("DFPREP_") }.merging(scratch.map { ["TMPDIR": $0] } ?? [:]) {
      $1
    }
    func exports(_ values: [String: String]) -> [String] {
      values.sorted { $0.key < $1.key }.map { "export \($0.key)=\(Self.quoted($0.value))" }
    }
    return
      (settings.setup + exports(own) + ["# Numerics profile \(NumericsProfile.standard.name): docs/numerics.md"]
      + exports(NumericsProfile.standard.environment)).joined(separator: "\n")
  }

  private var goOn: String {
    let words = ([executable] + slurm.command).map(Self.quoted)
    return "exec \(words.joined(separator: " ")) --continue \(submission.number)"
  }

  /// Pieces of `0 ..< count` of at most `size`.
  static func chunks(_ count: Int, size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: max(1, size)).map { $0..<min(count, $0 + max(1, size)) }
  }

  /// A word of the shell.
  static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,@+".contains($0)) }
    return isPlain ? text : "'\(text.replacing("'", with: "'\\''"))'"
  }

  /// A value in a line of #SBATCH, which are read with quotes, but by no shell.
  private static func directive(_ text: String) -> String { text.contains(" ") ? "\"\(text)\"" : text }

  /// The first word, of letters that every scheduler takes.
  private static func plain(_ text: String) -> String {
    String(text.prefix { $0 != " " && $0 != "," }.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }
}
