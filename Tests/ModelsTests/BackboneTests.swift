import Foundation
import Records
import Tensors
import Testing

@testable import Models

@Suite struct BackboneTests {
  /// Numbers of parameters as timm 1.0.31 counts them, arrays of its state dictionaries, and features.
  private static let facts: [(name: String, parameters: Int, arrays: Int, features: Int)] = [
    ("efficientnet-lite0", 4_652_008, 296, 1280), ("tf_efficientnet_b0", 5_288_548, 360, 1280),
    ("tf_efficientnet_b4", 19_341_616, 706, 1792), ("tf_efficientnet_b5", 30_389_784, 854, 2048),
    ("tf_efficientnet_b6", 43_040_704, 986, 2304), ("resnet18", 11_689_512, 122, 512),
    ("resnet50", 25_557_032, 320, 2048), ("convnextv2_tiny", 28_635_496, 200, 768),
    ("xception", 22_855_952, 276, 2048),
  ]

  @Test func everyBackboneIsHeldAgainstTimm() {
    #expect(Backbone.all.map(\.name) == Self.facts.map(\.name))
    #expect(Set(Backbone.names).count == Backbone.names.count)
  }

  @Test(arguments: facts.map(\.name)) func namesShapesAndTheirNumberAreTimms(name: String) throws {
    let fact = try #require(Self.facts.first { $0.name == name })
    let network = try Backbone.named(name).network(weights: .random(seed: 1))
    #expect(network.backbone.featureCount == fact.features)
    #expect(try network.parameters.reduce(0) { $0 + (try $1.tensor.shape.reduce(1, *)) } == fact.parameters)
    let lines = (network.parameters + network.buffers).map { "\($0.name) \($0.tensor)\n" }.sorted()
    #expect(lines.count == fact.arrays)
    #expect(Digest(of: Data(lines.joined().utf8)).hex.prefix(16) == Self.digests[name] ?? "")
  }

  /// Start of the SHA-256 of lines "name type[shape]", sorted, of timm's state dictionaries; `make interop-models` prints
  /// them.
  private static let digests = [
    "efficientnet-lite0": "41a5175478e6da4f",
    "tf_efficientnet_b0": "c1029785bddad69b",
    "tf_efficientnet_b4": "e7c24c4fb99ec7a1",
    "tf_efficientnet_b5": "d60b21ef00173133",
    "tf_efficientnet_b6": "17f60e3710fbab24",
    "resnet18": "2524904057878e9a",
    "resnet50": "75ad595b7a2015d2",
    "convnextv2_tiny": "8b999316dff89f42",
    "xception": "c2f08ee3da2751e0",
  ]

  @Test(arguments: [("xception", 65), ("convnextv2_tiny", 64), ("resnet18", 33), ("tf_efficientnet_b0", 33)])
  func shapesOfMapsAndFeatures(name: String, side: Int) throws {
    let backbone = try Backbone.named(name)
    let network = try backbone.network(weights: .random(seed: 2), classCount: 3)
    try Libtorch.withoutGradients {
      let map = try network.featureMap(of: Tensor.normal(deviation: 1, seed: 1, shape: [2, 3, side, side]))
      #expect(try map.shape == [2, backbone.featureCount, 2, 2])
      let features = try network.features(ofMap: map)
      #expect(try features.shape == [2, backbone.featureCount])
      #expect(try network.logits(ofFeatures: features).shape == [2, 3])
      #expect(try features.isFinite())
    }
  }

  @Test func otherSpellingsAreTheSameBackbone() throws {
    for name in ["efficientnet-lite0", "efficientnet_lite0", "tf_efficientnet_lite0"] {
      #expect(try Backbone.named(name).name == "efficientnet-lite0")
    }
    #expect(try Backbone.named("legacy_xception").name == "xception")
  }

  @Test func anUnknownNameIsAnErrorWithTheNearest() {
    let error = #expect(throws: ModelError.self) { try Backbone.named("resnet-50") }
    #expect(error?.code == .unknownBackbone)
    #expect(error?.message.contains("did you mean 'resnet50'?") == true)
    #expect(error?.message.contains("convnextv2_tiny") == true)
    #expect(throws: ModelError.self) { try Backbone.named("") }
  }

  @Test func absentWeightsSayHowTheyAreHad() throws {
    for backbone in Backbone.all {
      let path = "/nonexistent/\(backbone.imageNet.file)"
      let error = #expect(throws: ModelError.self) { try backbone.network(weights: .file(URL(filePath: path))) }
      #expect(error?.code == .missingModel)
      let way = backbone.imageNet.address.map { "curl -fL --create-dirs -o '\(path)' \($0)" } ?? "`make deps`"
      #expect(error?.message.contains(way) == true, "\(error?.message ?? "")")
      // The file's own name promises its digest, where its publisher wrote it there.
      #expect(
        backbone.imageNet.address?.hasSuffix(backbone.imageNet.file) ?? true || backbone.name == "convnextv2_tiny")
    }
  }

  @Test func dropPathIsAFunctionOfTheSeedAndSparesEvaluation() throws {
    for name in ["resnet18", "tf_efficientnet_b0", "convnextv2_tiny"] {
      let backbone = try Backbone.named(name)
      let pictures = try Tensor.normal(deviation: 1, seed: 3, shape: [4, 3, 32, 32])
      func features(rate: Double, training: Bool, seed: UInt64) throws -> [Float] {
        // A residual block of ResNet begins as the identity: with nothing to drop.
        let arrays = try backbone.network(weights: .random(seed: 5)).namedArrays().map { array in
          guard name == "resnet18", array.name.hasSuffix("bn2.weight") else { return array }
          let ones = [Float](repeating: 1, count: array.shape[0]).withUnsafeBytes { Data($0) }
          return try NamedArray(name: array.name, type: array.type, shape: array.shape, bytes: ones)
        }
        return try Libtorch.withoutGradients {
          try backbone.network(weights: .arrays(arrays), dropPathRate: rate)
            .features(of: pictures, training: training, seed: seed).values()
        }
      }
      let dropped = try features(rate: 0.5, training: true, seed: 1)
      #expect(try features(rate: 0.5, training: true, seed: 1) == dropped, "\(name)")
      #expect(try features(rate: 0.5, training: true, seed: 2) != dropped, "\(name)")
      #expect(try features(rate: 0, training: true, seed: 1) != dropped, "\(name)")
      #expect(try features(rate: 0.5, training: false, seed: 1) == features(rate: 0, training: false, seed: 9))
    }
  }

  @Test func chancesOfDroppedPathsRise() {
    #expect(StochasticDepth.rising(to: 0.2, count: 3) == [0, 0.1, 0.2])
    #expect(StochasticDepth.rising(to: 0.2, count: 1) == [0])
  }
}

@Suite struct FoldedLayersTests {
  @Test(arguments: ["efficientnet-lite0", "tf_efficientnet_b0", "resnet18", "resnet50", "xception", "convnextv2_tiny"])
  func foldingChangesNoFeature(name: String) throws {
    let network = try Backbone.named(name).network(weights: .random(seed: 3))
    let pictures = try Tensor.normal(deviation: 1, seed: 4, shape: [4, 3, 64, 64]).channelsLast()
    // Running statistics that are those of pictures.
    for step in 0..<3 { _ = try network.features(of: pictures, training: true, seed: UInt64(step)) }
    try Libtorch.withoutGradients {
      let folded = FoldedLayers()
      let apart: [Float] = try network.features(of: pictures).values()
      for _ in 0..<2 {
        let together: [Float] = try network.features(of: pictures, folded: folded).values()
        let worst = zip(apart, together).map { abs($0 - $1) / max(1, abs($0)) }.max() ?? 1
        #expect(worst < 1e-4)
      }
    }
  }
}
