package import Foundation
private import Records
package import Tensors

/// Maps a backbone's features to the sphere on which a contrastive loss compares them: two linear layers with a bend
/// between, and a norm of 1.
///
/// - Source: Khosla et al. 2020, section 3.1; widths d, d, 128 as SupCon-MPL has them.
package final class ProjectionHead {
  package static let width = 128
  private static let names = ["projection.0.weight", "projection.0.bias", "projection.2.weight", "projection.2.bias"]
  /// Weights and shifts of both layers, in order.
  package let parameters: [Tensor]

  /// Drawn from the seed, with the deviation that keeps the size of gradients (He et al. 2015).
  package convenience init(from inputs: Int, to outputs: Int = ProjectionHead.width, seed: UInt64) throws {
    func weight(_ name: String, _ shape: [Int]) throws -> Tensor {
      var random = KeyedRandom(seed: seed, key: name, stage: "initialise")
      return try Tensor.normal(deviation: (2 / Double(inputs)).squareRoot(), seed: random.next(), shape: shape)
    }
    try self.init([
      weight(Self.names[0], [inputs, inputs]), Tensor.filled(0, shape: [inputs]),
      weight(Self.names[2], [outputs, inputs]), Tensor.filled(0, shape: [outputs]),
    ])
  }

  private init(_ parameters: [Tensor]) throws {
    self.parameters = parameters
    for parameter in parameters { try parameter.setRequiresGradient(true) }
  }

  /// `[N, inputs]` to `[N, outputs]`, rows of norm 1.
  package func callAsFunction(_ features: Tensor) throws -> Tensor {
    try features.linear(weight: parameters[0], bias: parameters[1]).relu()
      .linear(weight: parameters[2], bias: parameters[3]).normalised(axis: 1)
  }

  /// Writes the layers as safetensors.
  package func save(to url: URL) throws {
    let arrays = try zip(Self.names, parameters).map { name, tensor in
      try NamedArray(name: name, type: tensor.elementType, shape: tensor.shape, bytes: Data(tensor.bytes()))
    }
    try Safetensors(arrays: arrays, metadata: [:]).encoded().write(to: url, options: .atomic)
  }

  /// The layers in a file that ``save(to:)`` wrote.
  ///
  /// - Throws: `missing-model`, `unreadable-weights`, or `different-weights` when they take other features.
  package static func load(_ url: URL, from inputs: Int) throws -> ProjectionHead {
    let file = try Safetensors(decoding: WeightFile.read(url))
    let parameters = try names.map { name in
      guard let array = file.arrays.first(where: { $0.name == name }) else {
        throw ModelError(.differentWeights, "\(url.path(percentEncoded: false)) has no '\(name)'")
      }
      return try array.tensor()
    }
    guard try parameters[0].shape == [inputs, inputs], try parameters[2].shape.last == inputs else {
      throw ModelError(
        .differentWeights, "\(url.path(percentEncoded: false)) does not project \(inputs) features")
    }
    return try ProjectionHead(parameters)
  }
}
