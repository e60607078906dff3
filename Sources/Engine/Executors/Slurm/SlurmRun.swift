internal import Foundation
internal import Records

#if canImport(Glibc)
  private import Glibc
#endif

/// A run whose tasks are Slurm's: what `dfprep run --engine slurm` does, on a login node and in the jobs it submits.
package struct SlurmRun {
  /// How a command ended.
  package enum End {
    /// The whole run is done.
    case finished(RunSummary)
    /// Others go on; in words for people.
    case handedOn(String)
  }

  private let request: RunRequest
  private let slurm: SlurmRequest
  private let interruption: Interruption
  private let run: RunFolder
  private var commands: SlurmCommands { SlurmCommands(environment: slurm.environment) }

  package init(_ request: RunRequest, slurm: SlurmRequest, interruption: Interruption) {
    self.request = request
    self.slurm = slurm
    self.interruption = interruption
    run = RunFolder(root: URL(filePath: request.pipeline.output))
  }

  /// Submits what is to be done, or goes on where jobs have ended.
  ///
  /// - Throws: ``ToolError``; a job writes it down for whoever follows.
  package func work() throws -> End {
    guard let submission = slurm.phase.submission else { return try begin() }
    guard let chain = try SlurmChain.read(run), chain.submission == submission,
      chain.state == .submitted || chain.state == .printed
    else { return .handedOn("another job has gone on from step \(submission); nothing to do") }
    let coordinator = try coordinatorOnceFree()
    // The run's lease is held until the end is written down.
    defer { withExtendedLifetime(coordinator) {} }
    do {
      guard try SlurmChain.digest(of: request) == chain.request else {
        throw ToolError(
          .notFinished, "the pipeline was changed while its jobs ran; `dfprep run` starts the changed one")
      }
      let record = try coordinator.work()
      try write { $0.state = .finished }
      return .finished(record)
    } catch let suspension as Suspension {
      return .handedOn("\(suspension)")
    } catch {
      let status = ToolError.status(of: error)
      // Slurm ended this job, and its successor sees to the rest.
      if status == .terminated || status == .interrupted { throw error }
      try write {
        $0.state = .stopped
        $0.message = "\(error)"
        $0.status = status.rawValue
      }
      throw error
    }
  }

  private func begin() throws -> End {
    if let chain = try SlurmChain.read(run), chain.state == .submitted || chain.state == .printed {
      let jobs = try queued(chain)
      if !jobs.isEmpty {
        guard try slurm.phase == .submit && SlurmChain.digest(of: request) == chain.request else {
          throw ToolError(
            .notFinished,
            """
            jobs \(jobs.joined(separator: ", ")) of this run are in the queue, for other options or an older state of the \
            pipeline; wait for them, or end them: scancel \(jobs.joined(separator: " "))
            """)
        }
        return .handedOn("jobs \(jobs.joined(separator: ", ")) of this run are in the queue")
      }
    }
    do { return .finished(try Coordinator(request, interruption: interruption).work()) } catch let error as Suspension {
      return .handedOn("\(error)")
    } catch {
      // Nobody goes on from what could not be submitted.
      if let chain = try SlurmChain.read(run), chain.state == .submitted, try queued(chain).isEmpty {
        try write {
          $0.state = .stopped
          $0.message = "\(error)"
          $0.status = ToolError.status(of: error).rawValue
        }
      }
      throw error
    }
  }

  /// Watches the run's folder until its jobs have ended it.
  ///
  /// - Throws: ``ToolError`` with which the run ended; with status 75 when the user no longer wants to watch, or when the
  ///   jobs have gone without ending it.
  package func follow() throws -> RunSummary {
    let progress = Progress(isQuiet: request.isQuiet)
    var shown: (submission: Int, line: String)?
    var nextLook = ContinuousClock.now + .seconds(10)
    while true {
      guard let chain = try SlurmChain.read(run) else {
        throw ToolError(.notFinished, "\(run.root.path(percentEncoded: false)) holds no trace of its jobs any more")
      }
      if shown?.submission != chain.submission || chain.state == .finished || chain.state == .stopped {
        if let shown { progress.end(shown.line) }
        shown = nil
      }
      switch chain.state {
      case .finished: return try run.readSummary()
      case .stopped:
        throw ToolError(
          chain.status.flatMap(ExitStatus.init(rawValue:)) ?? .failed, chain.message ?? "the run's jobs were not taken")
      case .submitted, .printed: break
      }
      let (submission, folder) = try SlurmSubmission.read(chain.submission, step: chain.step, of: run)
      if shown == nil { progress.begin(chain.step, total: submission.entries.count) }
      let ended = try folder.ended()
      progress.update(done: ended)
      shown = (chain.submission, "\(chain.step): \(ended) of \(submission.entries.count) tasks ended")
      if ContinuousClock.now > nextLook {
        try checkAlive(chain)
        nextLook = .now + .seconds(30)
      }
      for _ in 0..<20 {
        do { try interruption.check() } catch {
          progress.stop()
          throw ToolError(
            .notFinished,
            "no longer watching; the jobs go on. `dfprep run` watches again, `dfprep status` shows where they are")
        }
        progress.tick()
        usleep(100_000)
      }
    }
  }

  private func checkAlive(_ chain: SlurmChain) throws {
    // A scheduler that does not answer for a moment is no reason to give up watching.
    guard let jobs = try? queued(chain), jobs.isEmpty else { return }
    let now = try SlurmChain.read(run)
    guard now?.submission == chain.submission, now?.state == chain.state else { return }
    throw ToolError(
      .notFinished,
      "the jobs of \(chain.step) are no longer in the queue and nobody went on; what is finished is kept, run again")
  }

  private func queued(_ chain: SlurmChain) throws -> [String] {
    let jobs = SlurmSubmissionFolder(url: SlurmSubmission.folder(chain.submission, step: chain.step, of: run)).jobs()
    return try commands.queued(jobs.work.map(\.identifier) + [jobs.collect].compactMap { $0 })
  }

  private func write(_ change: (inout SlurmChain) -> Void) throws {
    guard var chain = try SlurmChain.read(run) else { return }
    change(&chain)
    try chain.write(run)
  }

  /// The coordinator, once whoever submitted this job, or its own predecessor on a lost node, has let go of the run.
  private func coordinatorOnceFree() throws -> Coordinator {
    for _ in 0..<60 {
      do { return try Coordinator(request, interruption: interruption) } catch let error as ToolError
        where error.status == .notFinished
      {
        try interruption.check()
        sleep(5)
      }
    }
    return try Coordinator(request, interruption: interruption)
  }
}
