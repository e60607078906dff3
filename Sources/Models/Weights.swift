package import Foundation
private import Records
internal import Tensors

/// Where a network's weights come from.
///
/// There is no default: a network is never random by accident.
package enum Weights {
  /// The ImageNet weights in this file, as `make deps` fetches it.
  case imageNet(URL)
  /// As ``imageNet(_:)``, with a new last layer drawn from the seed.
  case imageNetWithNewHead(URL, seed: UInt64)
  /// All drawn from the seed.
  case random(seed: UInt64)
  /// These arrays, named as timm names them.
  case arrays([NamedArray])
}

/// Hands a network's layers their weights by name, and keeps the list of them.
///
/// Differences between what the layers ask for and what the file holds are collected, so that one error can name all.
final class WeightLoader {
  /// How a weight is made where no file gives it.
  enum Initialisation {
    case normal(deviation: Double)
    case constant(Double)
  }

  /// What is trained, in the order of the layers.
  private(set) var parameters: [(name: String, tensor: Tensor)] = []
  /// What is saved and not trained, in the order of the layers.
  private(set) var buffers: [(name: String, tensor: Tensor)] = []

  private let seed: UInt64
  private let drawsHead: Bool
  private var arrays: [String: NamedArray]?
  private var differences: [String] = []

  /// - Parameters:
  ///   - arrays: weights by name, or `nil` to draw all of them.
  ///   - drawsHead: whether the last layer is drawn all the same.
  init(arrays: [NamedArray]?, drawsHead: Bool, seed: UInt64) throws {
    self.seed = seed
    self.drawsHead = drawsHead
    guard let arrays else { return }
    self.arrays = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    if let name = Self.duplicate(in: arrays.map(\.name)) {
      throw ModelError(.unreadableWeights, "'\(name)' is there twice")
    }
  }

  func parameter(_ name: String, _ shape: [Int], _ initialisation: Initialisation) throws -> Tensor {
    let tensor = try tensor(name, .float32, shape, initialisation)
    try tensor.setRequiresGradient(true)
    parameters.append((name, tensor))
    return tensor
  }

  func buffer(_ name: String, _ shape: [Int], _ value: Double, type: ElementType = .float32) throws -> Tensor {
    let tensor = try tensor(name, type, shape, .constant(value))
    buffers.append((name, tensor))
    return tensor
  }

  /// - Throws: `different-weights` with every difference between what was asked for and what is there.
  func finish() throws {
    if let arrays { differences += arrays.keys.sorted().map { "'\($0)' is not a weight of this network" } }
    guard !differences.isEmpty else { return }
    let shown = differences.prefix(8).joined(separator: "; ")
    let rest = differences.count > 8 ? "; and \(differences.count - 8) more" : ""
    throw ModelError(.differentWeights, "the weights are not those of EfficientNet-lite0: \(shown)\(rest)")
  }

  private func tensor(
    _ name: String, _ type: ElementType, _ shape: [Int], _ initialisation: Initialisation
  ) throws -> Tensor {
    let isHead = name.hasPrefix(EfficientNetLite0.headPrefix)
    if arrays != nil, !(isHead && drawsHead) {
      if let array = arrays?.removeValue(forKey: name) {
        if array.type == type, array.shape == shape {
          let tensor = try array.tensor()
          if try !tensor.isFinite() { differences.append("'\(name)' holds infinite numbers or none at all") }
          return shape.count == 4 ? try tensor.channelsLast() : tensor
        }
        differences.append("'\(name)' is \(array.type)\(array.shape) instead of \(type)\(shape)")
      } else {
        differences.append("'\(name)' \(type)\(shape) is missing")
      }
    } else {
      arrays?.removeValue(forKey: name)
    }
    switch initialisation {
    case .constant(let value): return try Tensor.filled(value, shape: shape).converted(to: type)
    case .normal(let deviation):
      var random = KeyedRandom(seed: seed, key: name, stage: "initialise")
      let tensor = try Tensor.normal(deviation: deviation, seed: random.next(), shape: shape)
      return shape.count == 4 ? try tensor.channelsLast() : tensor
    }
  }

  private static func duplicate(in names: [String]) -> String? {
    var seen = Set<String>()
    return names.first { !seen.insert($0).inserted }
  }
}
