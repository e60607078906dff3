import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

private let weights = TestFiles.models.appending(path: "efficientnet-lite0-57934424.pth")
private let hasWeights = FileManager.default.fileExists(atPath: weights.path(percentEncoded: false))

@Suite struct EfficientNetLite0Tests {
  /// A picture from a formula: RGB `[S, S, 3]`.
  private static func picture(_ side: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side { for c in 0..<3 { bytes.append(UInt8((x * (2 + c) + y * 3 + c * 29 + x * y / 31) % 256)) } }
    }
    return bytes
  }

  @Test func namesAndShapesAreTimms() throws {
    let arrays = try Backbone.efficientNetLite0.network(weights: .random(seed: 1)).namedArrays()
    let shapes = Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0.shape) })
    #expect(shapes.count == 296)
    #expect(shapes["conv_stem.weight"] == [32, 3, 3, 3])
    #expect(shapes["blocks.0.0.conv_pw.weight"] == [16, 32, 1, 1])
    #expect(shapes["blocks.1.0.conv_dw.weight"] == [96, 1, 3, 3])
    #expect(shapes["blocks.5.3.conv_pwl.weight"] == [192, 1152, 1, 1])
    #expect(shapes["blocks.6.0.bn3.running_var"] == [320])
    #expect(shapes["bn2.num_batches_tracked"] == [])
    #expect(shapes["classifier.weight"] == [1000, 1280])
    #expect(
      arrays.filter { $0.type == .float32 && !$0.name.contains("running") }
        .reduce(0) { $0 + $1.shape.reduce(1, *) } == 4_652_008)
  }

  @Test(arguments: [
    ("_conv_stem.weight", "conv_stem.weight"), ("_bn0.bias", "bn1.bias"),
    ("_blocks.0._depthwise_conv.weight", "blocks.0.0.conv_dw.weight"),
    ("_blocks.0._bn2.running_mean", "blocks.0.0.bn2.running_mean"),
    ("_blocks.1._bn0.weight", "blocks.1.0.bn1.weight"),
    ("_blocks.15._project_conv.weight", "blocks.6.0.conv_pwl.weight"),
    ("_bn1.weight", "bn2.weight"), ("_fc.bias", "classifier.bias"),
    ("_blocks.16._bn0.weight", "_blocks.16._bn0.weight"),
  ]) func publishedNamesAreMapped(name: String, timm: String) {
    #expect(LiteNames.timmName(of: name) == timm)
  }

  /// Figures of timm 1.0.31 `tf_efficientnet_lite0` on PyTorch 2.13 with the same weights and pictures; the even and
  /// the odd side are padded differently.
  @Test(
    .enabled(if: hasWeights, "models/ has no EfficientNet-lite0; `make deps` fetches it"),
    arguments: [
      (
        128, 519.8825, [3.5688527, 0.8405171, -0.96617055, -2.273391, -1.47657, -3.7612772], 506, 21.254984
      ),
      (
        224, 293.5452, [1.5690537, -0.61079437, -1.6789067, -1.0816792, -0.5104656, -1.4727268], 506, 11.695551
      ),
      (
        65, 292.4951, [1.4909066, -0.5474031, -0.67708194, -0.7498875, 1.1766711, -2.1456740], 954, 7.0321155
      ),
    ] as [(Int, Double, [Float], Int, Float)])
  func outputsAreTheReferences(
    side: Int, featureSum: Double, logits: [Float], bestClass: Int, bestLogit: Float
  ) throws {
    let network = try Backbone.efficientNetLite0.network(weights: .file(weights))
    let input = try Backbone.efficientNetLite0.preprocessing(sizePixels: side).normalise(images: [Self.picture(side)])
    try Libtorch.withoutGradients {
      let features = try network.features(of: input)
      #expect(try features.shape == [1, 1280])
      #expect(abs(try features.sum().scalar() - featureSum) < 0.01)
      let found: [Float] = try network.logits(of: input).values()
      for (value, expected) in zip(found, logits) { #expect(abs(value - expected) < 1e-4) }
      #expect(found.indices.max { found[$0] < found[$1] } == bestClass)
      #expect(abs(found[bestClass] - bestLogit) < 1e-4)
    }
  }

  @Test(.enabled(if: hasWeights, "models/ has no EfficientNet-lite0; `make deps` fetches it"))
  func aNewHeadLeavesTheRest() throws {
    let published = try Backbone.efficientNetLite0.network(weights: .file(weights)).namedArrays()
    let detector = try Backbone.efficientNetLite0.network(weights: .fileWithNewHead(weights, seed: 1), classCount: 2)
      .namedArrays()
    func backbone(_ arrays: [NamedArray]) -> [NamedArray] { arrays.filter { !$0.name.hasPrefix("classifier.") } }
    #expect(backbone(published) == backbone(detector))
    #expect(detector.first { $0.name == "classifier.weight" }?.shape == [2, 1280])
  }

  @Test(.enabled(if: hasWeights, "models/ has no EfficientNet-lite0; `make deps` fetches it"))
  func cutPublishedWeightsAreRefused() throws {
    let whole = try Data(contentsOf: weights)
    for length in [whole.count - 1, whole.count / 2, 20_000, 60] {
      #expect(throws: ModelError.self) { try TorchArchive.decode(whole.prefix(length)) }
    }
  }

  /// A row is the same to the bit in any place of a batch, in any company, and whatever threads are asked for around.
  @Test(arguments: [32, 128]) func aRowDoesNotDependOnItsCompany(side: Int) throws {
    let backbone = try Backbone.efficientNetLite0.network(weights: .random(seed: 4))
    let extractor = FeatureExtractor(
      network: backbone, preprocessing: Backbone.efficientNetLite0.preprocessing(sizePixels: side))
    let base = Self.picture(side)
    let pictures = (0..<11).map { index in base.map { $0 &* UInt8(index + 1) &+ UInt8(index) } }
    let together = try extractor.features(of: pictures)
    #expect(together.count == 11)
    #expect(Set(together).count == 11)
    #expect(try extractor.features(of: Array(pictures.reversed())) == together.reversed())
    #expect(try extractor.features(of: [pictures[9]]) == [together[9]])
    #expect(try Libtorch.withThreads(2) { try extractor.features(of: Array(pictures[5...])) } == Array(together[5...]))
  }
}
