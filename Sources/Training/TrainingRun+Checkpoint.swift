internal import Tensors

/// How far a run has come, beside tensors.
struct RunPosition: Codable {
  var stepsDone = 0
  /// Sum over the pictures of the epoch so far.
  var epochLoss = 0.0
  var rows: [String] = []
}

/// A run of experts in its checkpoint: the tensors of each under its number.
struct RunState: CheckpointState {
  var identity: [String: String]
  var position: RunPosition
  var experts: [Trainee.State]
}

extension TrainingRun {
  /// Puts trainees where the checkpoint was; `nil` where there is none.
  ///
  /// - Throws: `unusable-checkpoint` for one that is damaged or of another run.
  static func restore(_ trainees: [Trainee], from place: CheckpointPlace) throws -> RunPosition? {
    guard let (state, tensors) = try Checkpoint.read(place, RunState.self) else { return nil }
    guard state.experts.count == trainees.count else { throw place.refusal("has \(state.experts.count) experts") }
    for (number, (trainee, state)) in zip(trainees, state.experts).enumerated() {
      try trainee.restore(state, tensors, under: "\(number)")
    }
    return state.position
  }

  static func save(_ trainees: [Trainee], _ position: RunPosition, to place: CheckpointPlace) throws {
    try Checkpoint.write(
      place, RunState(identity: place.identity, position: position, experts: trainees.map(\.state)),
      trainees.enumerated().flatMap { number, trainee in trainee.tensors.map { ("\(number)/\($0)", $1) } })
  }
}

extension Trainee {
  struct State: Codable {
    var optimiserSteps: [Int]
    var updates: Int
    var epochs: [EpochMetrics]
    var keptEpoch: Int?
    /// Of ``Trainee/weights``.
    var epochsOfWeights: [Int]
  }

  fileprivate var state: State {
    State(
      optimiserSteps: optimiser.steps, updates: average.updates, epochs: epochs, keptEpoch: kept?.epoch,
      epochsOfWeights: weights.map(\.epoch))
  }

  fileprivate var tensors: [(String, [Tensor])] {
    [
      ("parameters", parameters), ("buffers", buffers), ("average", average.averages),
      ("optimiser", optimiser.memory.flatMap(\.self)), ("kept", kept?.tensors ?? []),
    ] + weights.map { ("epoch \($0.epoch)", $0.tensors) }
  }

  fileprivate func restore(_ state: State, _ stored: CheckpointTensors, under number: String) throws {
    try stored.restore(parameters, "\(number)/parameters")
    try stored.restore(buffers, "\(number)/buffers")
    try average.restore(
      stored.tensors("\(number)/average", count: average.averages.count), updates: state.updates)
    try stored.restore(optimiser, steps: state.optimiserSteps, "\(number)/optimiser")
    epochs = state.epochs
    func weights(_ epoch: Int, _ name: String) throws -> EpochWeights {
      EpochWeights(
        epoch: epoch, tensors: try stored.tensors("\(number)/\(name)", count: parameters.count + buffers.count))
    }
    if let epoch = state.keptEpoch { kept = try weights(epoch, "kept") }
    self.weights = try state.epochsOfWeights.map { try weights($0, "epoch \($0)") }
  }
}
