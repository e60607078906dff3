package import Foundation
private import Models
private import Records
internal import Tensors

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

  /// The error of a checkpoint that this run cannot go on from.
  func refusal(_ why: String) -> TrainingError {
    TrainingError(.unusableCheckpoint, "\(file.path(percentEncoded: false)) \(why); remove it to start anew")
  }
}

/// How far a run has come, beside tensors.
protocol CheckpointState: Codable {
  /// Of the run's ``CheckpointPlace``.
  var identity: [String: String] { get }
}

/// A checkpoint as a file: safetensors, and what is no tensor in their metadata.
enum Checkpoint {
  private static let format = "dfprep-checkpoint-1"

  /// - Parameter tensors: by names of their own, which ``CheckpointTensors`` gives back.
  static func write(_ place: CheckpointPlace, _ state: some CheckpointState, _ tensors: [(String, [Tensor])]) throws {
    let arrays = try tensors.flatMap { name, tensors in
      try tensors.enumerated().map { index, tensor in
        try NamedArray(
          name: "\(name)/\(index)", type: tensor.elementType, shape: tensor.shape, bytes: Data(tensor.bytes()))
      }
    }
    let metadata = ["format": format, "contents": try CanonicalJSON.string(state)]
    try Safetensors(arrays: arrays, metadata: metadata).encoded().write(to: place.file, options: .atomic)
  }

  /// What was put by; `nil` where there is nothing.
  ///
  /// - Throws: `unusable-checkpoint` for one that is damaged or of another run.
  static func read<State: CheckpointState>(
    _ place: CheckpointPlace, _ type: State.Type
  ) throws -> (state: State, tensors: CheckpointTensors)? {
    guard FileManager.default.fileExists(atPath: place.file.path(percentEncoded: false)) else { return nil }
    let file: Safetensors
    let state: State
    do {
      file = try Safetensors(decoding: Data(contentsOf: place.file))
      state = try CanonicalJSON.decode(State.self, from: Data((file.metadata["contents"] ?? "").utf8))
    } catch { throw place.refusal("is no checkpoint: \(error)") }
    let names = Set(place.identity.keys).union(state.identity.keys)
    if let other = names.sorted().first(where: { place.identity[$0] != state.identity[$0] }) {
      throw place.refusal(
        "is of another run: its \(other) is \(state.identity[other] ?? "absent"), not \(place.identity[other] ?? "absent")"
      )
    }
    return (state, CheckpointTensors(place: place, file))
  }
}

/// The tensors of a checkpoint, by the names that they were given.
struct CheckpointTensors {
  private let place: CheckpointPlace
  private let arrays: [String: NamedArray]

  fileprivate init(place: CheckpointPlace, _ file: Safetensors) {
    self.place = place
    arrays = Dictionary(file.arrays.map { ($0.name, $0) }) { first, _ in first }
  }

  func tensors(_ name: String, count: Int) throws -> [Tensor] {
    try (0..<count).map { index in
      guard let array = arrays["\(name)/\(index)"] else { throw place.refusal("lacks \(name)/\(index)") }
      return try array.tensor()
    }
  }

  /// Puts what was put by into tensors of the same shapes.
  func restore(_ own: [Tensor], _ name: String) throws {
    for (own, given) in zip(own, try tensors(name, count: own.count)) { try own.assign(given) }
  }

  func restore(_ optimiser: Optimiser, steps: [Int], _ name: String) throws {
    var left = try tensors(name, count: optimiser.memory.joined().count)[...]
    let memory = optimiser.memory.map { own in
      defer { left = left.dropFirst(own.count) }
      return Array(left.prefix(own.count))
    }
    try optimiser.restore(steps: steps, memory: memory)
  }
}
