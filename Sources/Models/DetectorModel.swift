package import Foundation
private import Records
private import Tensors

/// A network that tells how likely a picture is fake, with all that is needed to use it again.
package final class DetectorModel {
  /// Class 1 of the network.
  package static let fakeClass = 1
  private static let format = "dfprep-detector-1"

  package let network: BackboneNetwork
  package let preprocessing: Preprocessing
  /// What the file said beside the fields above, such as the crop recipe; empty for a new model.
  package let metadata: [String: String]

  /// A model that has yet to be trained.
  ///
  /// - Parameter weights: ``Weights/fileWithNewHead(_:seed:)`` or ``Weights/random(seed:)``.
  package convenience init(
    _ backbone: Backbone = .efficientNetLite0, weights: Weights, preprocessing: Preprocessing
  ) throws {
    self.init(
      network: try backbone.network(weights: weights, classCount: 2), preprocessing: preprocessing, metadata: [:])
  }

  private init(network: BackboneNetwork, preprocessing: Preprocessing, metadata: [String: String]) {
    self.network = network
    self.preprocessing = preprocessing
    self.metadata = metadata
  }

  /// The model in a file that ``save(to:metadata:)`` wrote.
  ///
  /// - Throws: ``ModelError``: `missing-model`, `unreadable-weights`, or `different-weights` with the differences.
  package static func load(_ url: URL) throws -> DetectorModel {
    let path = url.path(percentEncoded: false)
    let file = try Safetensors(decoding: WeightFile.read(url))
    var metadata = file.metadata
    guard let format = metadata.removeValue(forKey: "format"), format == Self.format else {
      throw ModelError(.differentWeights, "\(path) is not a detector of dfprep: its format is not \(Self.format)")
    }
    guard let name = metadata.removeValue(forKey: "backbone") else {
      throw ModelError(.unreadableWeights, "\(path) does not say what network it is of")
    }
    let backbone = try Backbone.named(name)
    guard let text = metadata.removeValue(forKey: "preprocessing") else {
      throw ModelError(.unreadableWeights, "\(path) does not say how to prepare a picture")
    }
    let preprocessing: Preprocessing
    do {
      preprocessing = try CanonicalJSON.decode(Preprocessing.self, from: Data(text.utf8))
    } catch {
      throw ModelError(.unreadableWeights, "\(path): preprocessing \(text): \(error)")
    }
    return DetectorModel(
      network: try backbone.network(weights: .arrays(file.arrays), classCount: 2), preprocessing: preprocessing,
      metadata: metadata)
  }

  /// Writes the model as safetensors, with timm's names.
  ///
  /// The file appears whole or not at all; equal models and metadata give equal bytes.
  ///
  /// - Parameter metadata: what else the file should say; the keys `format`, `backbone` and `preprocessing` are the
  ///   model's own.
  package func save(to url: URL, metadata: [String: String] = [:]) throws {
    let own = [
      "format": Self.format, "backbone": network.backbone.name,
      "preprocessing": try CanonicalJSON.string(preprocessing),
    ]
    let file = Safetensors(arrays: try network.namedArrays(), metadata: metadata.merging(own) { $1 })
    try file.encoded().write(to: url, options: .atomic)
  }

  /// How likely each picture is fake.
  ///
  /// A picture is RGB `UInt8`, row-major `[S, S, 3]`; its likelihood is from 0 to 1, and the same to the bit whatever
  /// other pictures are given.
  package func probabilitiesOfFake(images: [[UInt8]]) throws -> [Double] {
    // Folded anew: between two calls the network may have been trained.
    let folded = FoldedLayers()
    return try FixedBatches.rows(of: images, preprocessing) {
      try network.logits(of: $0, folded: folded).softmax(axis: 1)
    }
    .map { Double($0[Self.fakeClass]) }
  }
}
