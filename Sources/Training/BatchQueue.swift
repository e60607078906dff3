private import Foundation

/// What the threads of a ``BatchLoader`` share: tasks out, pictures in, batches out in order.
final class BatchQueue: @unchecked Sendable {
  // Sendable: every stored variable is read and written under the condition's lock.

  /// One picture to fetch.
  struct Task {
    let step: Int
    let position: Int
    let draw: EpochOrder.Draw
  }

  /// A step of which some pictures are there.
  private struct Part {
    let epoch: Int
    let draws: [EpochOrder.Draw]
    /// By position: the views.
    var pictures: [[[UInt8]]]
    var missing: Int
    var failure: (position: Int, error: any Error)?
  }

  private let condition = NSCondition()
  private let stepsAhead: Int
  private var source: BatchSource
  private var parts: [Int: Part] = [:]
  private var finished: [Int: Result<TrainingBatch, any Error>] = [:]
  /// The next picture to hand out.
  private var step: Int
  private var position = 0
  /// The next step to give.
  private var wanted: Int
  private var isStopped = false

  init(source: BatchSource, firstStep: Int, stepsAhead: Int) {
    self.source = source
    self.stepsAhead = stepsAhead
    (step, wanted) = (firstStep, firstStep)
  }

  private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
    condition.lock()
    defer { condition.unlock() }
    return try body()
  }

  func stop() {
    locked {
      isStopped = true
      parts = [:]
      finished = [:]
      condition.broadcast()
    }
  }

  /// The next picture to fetch, when there is room for it; `nil` when all are handed out.
  func take() -> Task? {
    locked {
      while !isStopped && step < source.steps && step >= wanted + stepsAhead { condition.wait() }
      guard !isStopped, step < source.steps else { return nil }
      if parts[step] == nil {
        let draws = source.draws(of: step)
        parts[step] = Part(
          epoch: source.epoch(of: step), draws: draws, pictures: Array(repeating: [], count: draws.count),
          missing: draws.count)
      }
      guard let part = parts[step] else { return nil }
      let task = Task(step: step, position: position, draw: part.draws[position])
      position += 1
      if position == part.draws.count { (step, position) = (step + 1, 0) }
      return task
    }
  }

  /// Takes in what came of a task; whoever brings a step's last picture joins them.
  func put(_ views: Result<[[UInt8]], any Error>, of task: Task, label: (Int) -> Int) {
    let whole: Part? = locked {
      guard var part = parts.removeValue(forKey: task.step) else { return nil }
      switch views {
      case .success(let views): part.pictures[task.position] = views
      case .failure(let error):
        if task.position < part.failure?.position ?? .max { part.failure = (task.position, error) }
      }
      part.missing -= 1
      if part.missing == 0 { return part }
      parts[task.step] = part
      return nil
    }
    guard let whole else { return }
    let batch = Result { try Self.batch(whole, step: task.step, label: label) }
    locked {
      if !isStopped { finished[task.step] = batch }
      condition.broadcast()
    }
  }

  private static func batch(_ part: Part, step: Int, label: (Int) -> Int) throws -> TrainingBatch {
    if let failure = part.failure { throw failure.error }
    let views = (part.pictures.first ?? []).indices.map { view in
      var joined: [UInt8] = []
      joined.reserveCapacity(part.pictures.reduce(0) { $0 + $1[view].count })
      for picture in part.pictures { joined += picture[view] }
      return joined
    }
    let indices = part.draws.map(\.index)
    return TrainingBatch(step: step, epoch: part.epoch, indices: indices, labels: indices.map(label), views: views)
  }

  /// Waits for the next step; `nil` after the last one, or when stopped.
  func next() -> Result<TrainingBatch, any Error>? {
    locked {
      guard wanted < source.steps else { return nil }
      while !isStopped && finished[wanted] == nil { condition.wait() }
      defer {
        wanted += 1
        condition.broadcast()
      }
      return finished.removeValue(forKey: wanted)
    }
  }
}
