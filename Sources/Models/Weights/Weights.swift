package import Foundation
private import Records
internal import Tensors

/// Where a network's weights come from.
///
/// There is no default: a network is never random by accident.
package enum Weights {
  /// Those in this file: of a whole network of this kind, its head too.
  case file(URL)
  /// As ``file(_:)``, with a new head drawn from the seed, whatever head the file has, if any.
  case fileWithNewHead(URL, seed: UInt64)
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

  /// What is neither trained nor saved.
  private(set) var constants: [Tensor] = []

  private let backbone: Backbone
  private let seed: UInt64
  private let drawsHead: Bool
  private let precision: ElementType
  private var arrays: [String: NamedArray]?
  private var differences: [String] = []

  /// - Throws: ``ModelError``: `missing-model` or `unreadable-weights`.
  init(_ weights: Weights, for backbone: Backbone, precision: ElementType) throws {
    self.backbone = backbone
    self.precision = precision
    let given: [NamedArray]
    switch weights {
    case .random(let seed):
      (self.seed, drawsHead) = (seed, true)
      return
    case .arrays(let arrays): (given, seed, drawsHead) = (arrays, 0, false)
    case .file(let url): (given, seed, drawsHead) = (try Self.read(url, for: backbone), 0, false)
    case .fileWithNewHead(let url, let seed):
      (given, self.seed, drawsHead) = (try Self.read(url, for: backbone), seed, true)
    }
    arrays = Dictionary(given.map { ($0.name, $0) }) { first, _ in first }
    if let name = Self.duplicate(in: given.map(\.name)) {
      throw ModelError(.unreadableWeights, "'\(name)' is there twice")
    }
  }

  /// The arrays of a file by timm's names, whoever named them.
  private static func read(_ url: URL, for backbone: Backbone) throws -> [NamedArray] {
    let published = backbone.imageNet
    let isPublished = url.lastPathComponent == published.file
    let remedy = isPublished ? published.remedy(path: url.path(percentEncoded: false)) : ""
    return try WeightFile.arrays(url, remedy: remedy).map { try $0.renamed(published.timmName($0.name)) }
  }

  func parameter(_ name: String, _ shape: [Int], _ initialisation: Initialisation) throws -> Tensor {
    var tensor = try tensor(name, .float32, shape, initialisation).converted(to: precision)
    // Convolutions whose channels are innermost need not rearrange their weights, nor the gradients of these.
    if shape.count == 4 { tensor = try tensor.channelsLast() }
    try tensor.setRequiresGradient(true)
    parameters.append((name, tensor))
    return tensor
  }

  func buffer(_ name: String, _ shape: [Int], _ value: Double) throws -> Tensor {
    let tensor = try tensor(name, .float32, shape, .constant(value)).converted(to: precision)
    buffers.append((name, tensor))
    return tensor
  }

  /// A number of batches seen, which files of before torch 0.4.1 do not have; it is 0 then.
  func counter(_ name: String) throws -> Tensor {
    let isThere = arrays?[name] != nil
    let tensor =
      isThere ? try tensor(name, .int64, [], .constant(0)) : try Tensor.filled(0, shape: []).converted(to: .int64)
    buffers.append((name, tensor))
    return tensor
  }

  /// A number that goes where the network goes.
  func constant(_ value: Float) throws -> Tensor {
    let tensor = try Tensor.of([value], shape: [1])
    constants.append(tensor)
    return tensor
  }

  /// - Throws: `different-weights` with every difference between what was asked for and what is there.
  func finish() throws {
    if let arrays { differences += arrays.keys.sorted().map { "'\($0)' is not a weight of this network" } }
    guard !differences.isEmpty else { return }
    let shown = differences.prefix(8).joined(separator: "; ")
    let rest = differences.count > 8 ? "; and \(differences.count - 8) more" : ""
    throw ModelError(.differentWeights, "the weights are not those of \(backbone.name): \(shown)\(rest)")
  }

  private func tensor(
    _ name: String, _ type: ElementType, _ shape: [Int], _ initialisation: Initialisation
  ) throws -> Tensor {
    let isHead = name.hasPrefix("\(backbone.head).")
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
