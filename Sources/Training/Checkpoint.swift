package import Foundation
private import Models
private import Records
private import Tensors

/// Where a run puts by how far it has come, and whose it is.
package struct CheckpointPlace: Sendable {
  package var file: URL
  /// What the run is made of: digests of data, split, options, code, by name. A checkpoint that says otherwise is refused.
  package var identity: [String: String]
  /// Seconds between two checkpoints; 0 for one after every step.
  package var seconds: Double

  package init(file: URL, identity: [String: String], seconds: Double = 60) {
    (self.file, self.identity, self.seconds) = (file, identity, seconds)
  }
}

/// How far a run has come, beside tensors.
struct RunPosition: Codable {
  var stepsDone = 0
  /// Sum over the pictures of the epoch so far.
  var epochLoss = 0.0
  var rows: [String] = []
}

/// A checkpoint as a file: safetensors, the tensors of every expert under its number.
enum Checkpoint {
  private static let format = "dfprep-checkpoint-1"

  private struct ExpertState: Codable {
    var optimiserSteps: [Int]
    var updates: Int
    var epochs: [EpochMetrics]
    var keptEpoch: Int?
    /// Of ``Trainee/weights``.
    var epochsOfWeights: [Int]
  }

  private struct Contents: Codable {
    var identity: [String: String]
    var position: RunPosition
    var experts: [ExpertState]
  }

  static func write(_ place: CheckpointPlace, _ trainees: [Trainee], _ position: RunPosition) throws {
    let contents = Contents(
      identity: place.identity, position: position,
      experts: trainees.map {
        ExpertState(
          optimiserSteps: $0.optimiser.steps, updates: $0.average.updates, epochs: $0.epochs, keptEpoch: $0.kept?.epoch,
          epochsOfWeights: $0.weights.map(\.epoch))
      })
    let arrays = try trainees.enumerated().flatMap { number, trainee in
      try slots(trainee).flatMap { name, tensors in
        try tensors.enumerated().map { index, tensor in
          try NamedArray(
            name: "\(number)/\(name)/\(index)", type: tensor.elementType, shape: tensor.shape,
            bytes: Data(tensor.bytes()))
        }
      }
    }
    let metadata = ["format": format, "contents": try CanonicalJSON.string(contents)]
    try Safetensors(arrays: arrays, metadata: metadata).encoded().write(to: place.file, options: .atomic)
  }

  /// Puts trainees where the checkpoint was; `nil` where there is none.
  ///
  /// - Throws: `unusable-checkpoint` for one that is damaged or of another run.
  static func restore(_ place: CheckpointPlace, _ trainees: [Trainee]) throws -> RunPosition? {
    let path = place.file.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    func refuse(_ why: String) -> TrainingError {
      TrainingError(.unusableCheckpoint, "\(path) \(why); remove it to start anew")
    }
    let file: Safetensors
    let contents: Contents
    do {
      file = try Safetensors(decoding: Data(contentsOf: place.file))
      contents = try CanonicalJSON.decode(Contents.self, from: Data((file.metadata["contents"] ?? "").utf8))
    } catch { throw refuse("is no checkpoint: \(error)") }
    let names = Set(place.identity.keys).union(contents.identity.keys)
    if let other = names.sorted().first(where: { place.identity[$0] != contents.identity[$0] }) {
      throw refuse(
        "is of another run: its \(other) is \(contents.identity[other] ?? "absent"), not \(place.identity[other] ?? "absent")"
      )
    }
    guard contents.experts.count == trainees.count else { throw refuse("has \(contents.experts.count) experts") }
    let arrays = Dictionary(file.arrays.map { ($0.name, $0) }) { first, _ in first }
    for (number, (trainee, state)) in zip(trainees, contents.experts).enumerated() {
      func tensors(_ name: String, like own: [Tensor]) throws -> [Tensor] {
        try own.indices.map { index in
          guard let array = arrays["\(number)/\(name)/\(index)"] else {
            throw refuse("lacks \(number)/\(name)/\(index)")
          }
          return try array.tensor()
        }
      }
      for (own, given) in zip(trainee.parameters, try tensors("parameters", like: trainee.parameters)) {
        try own.assign(given)
      }
      for (own, given) in zip(trainee.buffers, try tensors("buffers", like: trainee.buffers)) { try own.assign(given) }
      try trainee.average.restore(tensors("average", like: trainee.average.averages), updates: state.updates)
      var memory = try tensors("optimiser", like: trainee.optimiser.memory.flatMap(\.self))[...]
      let slices = trainee.optimiser.memory.map { own in
        defer { memory = memory.dropFirst(own.count) }
        return Array(memory.prefix(own.count))
      }
      try trainee.optimiser.restore(steps: state.optimiserSteps, memory: slices)
      trainee.epochs = state.epochs
      if let epoch = state.keptEpoch {
        trainee.kept = EpochWeights(
          epoch: epoch, tensors: try tensors("kept", like: trainee.parameters + trainee.buffers))
      }
      trainee.weights = try state.epochsOfWeights.map { epoch in
        EpochWeights(
          epoch: epoch, tensors: try tensors("epoch \(epoch)", like: trainee.parameters + trainee.buffers))
      }
    }
    return contents.position
  }

  private static func slots(_ trainee: Trainee) -> [(String, [Tensor])] {
    [
      ("parameters", trainee.parameters), ("buffers", trainee.buffers), ("average", trainee.average.averages),
      ("optimiser", trainee.optimiser.memory.flatMap(\.self)), ("kept", trainee.kept?.tensors ?? []),
    ] + trainee.weights.map { ("epoch \($0.epoch)", $0.tensors) }
  }
}
