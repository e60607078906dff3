import Foundation
import Records
import Tensors
import TestSupport
import Testing

@testable import Models

/// The networks beside timm's, with the same weights and pictures; `make interop-models` makes the references and checks
/// what is written here.
private let references = ProcessInfo.processInfo.environment["DFPREP_TIMM_REFERENCES"].map { URL(filePath: $0) }

private let backbones = Backbone.all.filter { backbone in
  guard let references else { return false }
  return FileManager.default.fileExists(
    atPath: references.appending(path: "\(backbone.name)/reference.safetensors").path(percentEncoded: false))
}

@Suite(
  .serialized,
  .enabled(if: references != nil, "timm's outputs are not there; `make interop-models` makes them"))
struct TimmReferenceTests {
  /// Of the largest value of the array, in float32 and in float64.
  private static let tolerances: (single: Double, double: Double) = (1e-4, 1e-8)

  private struct Reference {
    let folder: URL
    let arrays: [String: NamedArray]

    init(_ backbone: Backbone) throws {
      folder = try #require(references).appending(path: backbone.name)
      let file = try Safetensors(decoding: Data(contentsOf: folder.appending(path: "reference.safetensors")))
      arrays = Dictionary(uniqueKeysWithValues: file.arrays.map { ($0.name, $0) })
    }

    func tensor(_ name: String) throws -> Tensor { try #require(arrays[name], "\(name)").tensor() }

    /// Names below a folder of names.
    func names(below prefix: String) -> [String] {
      arrays.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    /// Largest values below this are rounding and nothing else: the gradient of a shift that a normalisation takes out
    /// again is 0.
    private static let nothing = 1e-3

    /// How far `found` is from the reference, as a part of the reference's largest value.
    func difference(_ found: Tensor, from name: String) throws -> Double {
      let expected = try tensor(name)
      #expect(found.description == expected.description, "\(name)")
      let left: [Double] = try found.converted(to: .float64).values()
      let right: [Double] = try expected.converted(to: .float64).values()
      let largest = right.reduce(0) { max($0, abs($1)) }
      #expect(largest > 0, "\(name) tells nothing")
      return zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(largest, Self.nothing)
    }
  }

  /// The largest difference of each kind of number.
  private struct Differences: CustomStringConvertible {
    private var kinds: [String: Double] = [:]

    mutating func see(
      _ kind: String, _ tensor: Tensor, _ reference: Reference, _ name: String, tolerance: Double
    ) throws {
      let difference = try reference.difference(tensor, from: name)
      #expect(difference < tolerance, "\(reference.folder.lastPathComponent): \(name)")
      kinds[kind] = max(kinds[kind] ?? 0, difference)
    }

    var description: String {
      kinds.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.0e", $0.value))" }.joined(separator: ", ")
    }
  }

  @Test(arguments: backbones.map(\.name)) func outputsAreTimms(name: String) throws {
    let backbone = try Backbone.named(name)
    let reference = try Reference(backbone)
    let network = try backbone.network(weights: .file(reference.folder.appending(path: "weights.safetensors")))
    var differences = Differences()
    try Libtorch.withoutGradients {
      let map = try network.featureMap(of: reference.tensor("even/input").channelsLast())
      let features = try network.features(ofMap: map)
      let found = [
        ("maps", map, "even/map"), ("features", features, "even/features"),
        ("logits", try network.logits(ofFeatures: features), "even/logits"),
        ("logits", try network.logits(of: reference.tensor("odd/input").channelsLast()), "odd/logits"),
      ]
      for (kind, tensor, name) in found {
        try differences.see(kind, tensor, reference, name, tolerance: Self.tolerances.single)
      }
    }
    print("\(name), float32: \(differences)")
  }

  @Test(arguments: backbones.map(\.name)) func gradientsAreTimms(name: String) throws {
    let backbone = try Backbone.named(name)
    let reference = try Reference(backbone)
    let network = try backbone.network(
      weights: .file(reference.folder.appending(path: "weights.safetensors")), precision: .float64)
    // Evaluation first: training moves the running statistics.
    let evaluation = try compare(network, reference, "evaluation", training: false)
    let training = try compare(network, reference, "training", training: true)
    print("\(name), float64, evaluation: \(evaluation); training: \(training)")
  }

  /// Outputs, gradients and running statistics against the reference's under `prefix`.
  private func compare(
    _ network: BackboneNetwork, _ reference: Reference, _ prefix: String, training: Bool
  ) throws -> Differences {
    let pictures = try reference.tensor("double/input").channelsLast()
    try pictures.setRequiresGradient(true)
    let map = try network.featureMap(of: pictures, training: training)
    let features = try network.features(ofMap: map)
    let logits = try network.logits(ofFeatures: features)
    try (logits * reference.tensor("double/direction")).sum().backward()
    var found = [("maps", map, "map"), ("features", features, "features"), ("logits", logits, "logits")]
    let trained = network.parameters + [("input", pictures)]
    let parameters = Dictionary(uniqueKeysWithValues: trained.map { ($0.name, $0.tensor) })
    for name in reference.names(below: "\(prefix)/gradient/") {
      let parameter = try #require(parameters[name], "\(name)")
      found.append(("gradients", try #require(try parameter.gradient, "\(name)"), "gradient/\(name)"))
    }
    let buffers = Dictionary(uniqueKeysWithValues: network.buffers.map { ($0.name, $0.tensor) })
    for name in reference.names(below: "\(prefix)/buffer/") {
      found.append(("statistics", try #require(buffers[name], "\(name)"), "buffer/\(name)"))
    }
    var differences = Differences()
    for (kind, tensor, name) in found {
      try differences.see(kind, tensor, reference, "\(prefix)/\(name)", tolerance: Self.tolerances.double)
    }
    for parameter in network.parameters { try parameter.tensor.clearGradient() }
    return differences
  }

  /// What timm says of its network, too.
  private struct Facts: Encodable {
    let timmName: String
    let sidePixels: Int
    let mean: [Double]
    let standardDeviation: [Double]
    let interpolation: String
    let file: String
    let address: String
    let licence: String

    init(_ backbone: Backbone) {
      (timmName, sidePixels) = (backbone.timmName, backbone.inputSidePixels)
      (mean, standardDeviation) = (backbone.mean, backbone.standardDeviation)
      (interpolation, file) = (backbone.interpolation, backbone.imageNet.file)
      (address, licence) = (backbone.imageNet.address ?? "", backbone.imageNet.licence)
    }
  }

  /// timm's turn is in Scripts/interop-models.py.
  @Test(arguments: backbones.map(\.name)) func weightsAreWrittenForTimm(name: String) throws {
    let backbone = try Backbone.named(name)
    let reference = try Reference(backbone)
    let network = try backbone.network(weights: .random(seed: 11))
    let file = Safetensors(arrays: try network.namedArrays(), metadata: ["backbone": backbone.name])
    try file.encoded().write(to: reference.folder.appending(path: "dfprep.safetensors"))
    let pictures = try reference.tensor("even/input")
    let logits = try Libtorch.withoutGradients { try network.logits(of: pictures) }
    let outputs = try [("input", pictures), ("logits", logits)].map { name, tensor in
      try NamedArray(name: name, type: .float32, shape: tensor.shape, bytes: Data(tensor.bytes()))
    }
    try Safetensors(arrays: outputs, metadata: [:]).encoded()
      .write(to: reference.folder.appending(path: "dfprep-outputs.safetensors"))
    try CanonicalJSON.data(Facts(backbone)).write(to: reference.folder.appending(path: "dfprep-facts.json"))
  }

  @Test(arguments: ["weights.pth", "weights-old.pth", "checkpoint.pth"])
  func filesOfTorchSaveHoldTheSame(file: String) throws {
    guard backbones.contains(where: { $0.name == "resnet18" }) else { return }
    let folder = try Reference(Backbone.named("resnet18")).folder
    func sorted(_ name: String) throws -> [NamedArray] {
      try WeightFile.arrays(folder.appending(path: name)).sorted { $0.name < $1.name }
    }
    #expect(try sorted(file) == sorted("weights.safetensors"))
  }
}
