internal import Models
private import Tensors

/// How far a contrastive run has come, and where it is put by.
struct ContrastiveProgress {
  private struct State: CheckpointState {
    var identity: [String: String]
    var phases: [EpochMetrics] = []
    var steps: [ContrastiveStep] = []
    /// Steps of the phases that are over.
    var stepsBefore = 0
    /// Of both optimisers of every network.
    var optimiserSteps: [[Int]] = []
  }

  /// Steps of all phases.
  let allSteps: Int
  private let place: CheckpointPlace?
  private let networks: [ContrastiveNetwork]
  private var state: State
  private var saved = ContinuousClock.now

  /// From the beginning, or from where the checkpoint was, to which the networks are set.
  ///
  /// - Throws: `unusable-checkpoint` for one that is damaged or of another run.
  init(place: CheckpointPlace?, networks: [ContrastiveNetwork], allSteps: Int) throws {
    (self.place, self.networks, self.allSteps) = (place, networks, allSteps)
    state = State(identity: place?.identity ?? [:])
    guard let place, let (state, tensors) = try Checkpoint.read(place, State.self) else { return }
    let optimisers = networks.reduce(0) { $0 + $1.optimisers.count }
    guard state.optimiserSteps.count == optimisers else {
      throw place.refusal("has \(state.optimiserSteps.count) optimisers for \(optimisers)")
    }
    self.state = state
    for (number, network) in networks.enumerated() {
      try tensors.restore(network.tensors, "\(number)/network")
      for (place, optimiser) in network.optimisers.enumerated() {
        let name = "\(number)/optimiser \(place)"
        try tensors.restore(optimiser, steps: state.optimiserSteps[number * network.optimisers.count + place], name)
      }
    }
  }

  /// Of the phases that are over.
  var phases: [EpochMetrics] { state.phases }
  /// Of all phases so far.
  var steps: [ContrastiveStep] { state.steps }
  /// Steps done of the phase under way.
  var stepsOfPhase: Int { steps.count - state.stepsBefore }

  /// The mean loss of the last steps.
  func loss(overLast count: Int) -> Double { steps.suffix(count).reduce(0) { $0 + $1.loss } / Double(count) }

  mutating func add(_ step: ContrastiveStep) throws {
    state.steps.append(step)
    guard let place, (ContinuousClock.now - saved) / .seconds(1) >= place.seconds else { return }
    state.optimiserSteps = networks.flatMap(\.optimisers).map(\.steps)
    try Checkpoint.write(
      place, state,
      networks.enumerated().flatMap { number, network in
        [("\(number)/network", network.tensors)]
          + network.optimisers.enumerated().map { ("\(number)/optimiser \($0)", $1.memory.flatMap(\.self)) }
      })
    saved = .now
  }

  mutating func finishPhase(_ metrics: EpochMetrics) {
    state.phases.append(metrics)
    state.stepsBefore = state.steps.count
  }
}
