private import Records
package import Tensors

/// A kind of network: what it is called, what its pictures look like, and how it is built.
///
/// Sizes, means, deviations and interpolations are those of timm's `default_cfg`, but for EfficientNet-lite0, whose
/// weights come from its authors and want their constants.
package struct Backbone: Sendable {
  /// The name in pipelines and in models' metadata.
  package let name: String
  /// Other spellings that ``named(_:)`` knows.
  package let otherNames: [String]
  /// The name that timm builds it by.
  package let timmName: String
  /// Numbers per picture that the head sees.
  package let featureCount: Int
  /// Side of the pictures that the ImageNet weights are meant for, pixels.
  package let inputSidePixels: Int
  /// Of values from 0 to 1, per channel R, G, B.
  package let mean: [Double]
  /// Of values from 0 to 1, per channel R, G, B.
  package let standardDeviation: [Double]
  /// How ImageNet's pictures were resized.
  package let interpolation: String
  /// What is published.
  package let imageNet: PublishedWeights
  /// Name of the last layer.
  let head: String
  /// Makes the layers; the number is the chance that the last residual branch is left out of a picture's training.
  let body: @Sendable (WeightLoader, Double) throws -> any BackboneBody

  init(
    _ name: String, otherNames: [String] = [], timmName: String? = nil, featureCount: Int, inputSidePixels: Int = 224,
    mean: [Double] = [0.485, 0.456, 0.406], standardDeviation: [Double] = [0.229, 0.224, 0.225],
    head: String, imageNet: PublishedWeights,
    body: @escaping @Sendable (WeightLoader, Double) throws -> any BackboneBody
  ) {
    self.name = name
    self.otherNames = otherNames
    self.timmName = timmName ?? name
    self.featureCount = featureCount
    self.inputSidePixels = inputSidePixels
    self.mean = mean
    self.standardDeviation = standardDeviation
    interpolation = "bicubic"
    self.head = head
    self.imageNet = imageNet
    self.body = body
  }

  /// The network with its weights.
  ///
  /// - Parameters:
  ///   - dropPathRate: chance that the last residual branch is left out of a picture's training; those before it have
  ///     lower ones. Xception has no such thing.
  ///   - precision: of weights and pictures. float64 is for comparing gradients: where rounding decides on which side of a
  ///     ReLU's bend a number falls, two sound libraries differ.
  /// - Throws: ``ModelError``: `missing-model`, `unreadable-weights`, or `different-weights` with the differences.
  package func network(
    weights: Weights, classCount: Int = 1000, dropPathRate: Double = 0, precision: ElementType = .float32
  ) throws -> BackboneNetwork {
    try BackboneNetwork(
      self, WeightLoader(weights, for: self, precision: precision), classCount: classCount, dropPathRate: dropPathRate)
  }

  /// What turns RGB bytes into this network's input.
  package func preprocessing(sizePixels: Int) -> Preprocessing {
    Preprocessing(sizePixels: sizePixels, mean: mean, standardDeviation: standardDeviation)
  }
}

extension Backbone {
  /// Every backbone, the smallest of a family first.
  package static let all = [efficientNetLite0] + efficientNets + resNets + [convNeXtV2Tiny, xception]

  /// Every name that ``named(_:)`` knows, each backbone's own before its other ones.
  package static let names = all.flatMap { [$0.name] + $0.otherNames }

  /// The backbone of this name.
  ///
  /// - Throws: `unknown-backbone` with the names nearest to it.
  package static func named(_ name: String) throws(ModelError) -> Backbone {
    if let backbone = all.first(where: { $0.name == name || $0.otherNames.contains(name) }) { return backbone }
    let hint = nearestName(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw ModelError(
      .unknownBackbone, "there is no backbone '\(name)'\(hint); there are \(all.map(\.name).joined(separator: ", "))")
  }

  /// What a user does who lacks a file of ImageNet weights, looked for at `path`.
  package static func remedy(forImageNetFile file: String, path: String) -> String {
    (all.first { $0.imageNet.file == file } ?? efficientNetLite0).imageNet.remedy(path: path)
  }

  /// - Source: of mean and deviation, tensorflow/tpu, `efficientnet_lite_builder`: (byte - 127) / 128.
  package static let efficientNetLite0 = Backbone(
    "efficientnet-lite0", otherNames: ["efficientnet_lite0", "tf_efficientnet_lite0"],
    timmName: "tf_efficientnet_lite0", featureCount: 1280, mean: [Double](repeating: 127.0 / 255, count: 3),
    standardDeviation: [Double](repeating: 128.0 / 255, count: 3), head: "classifier",
    imageNet: PublishedWeights(
      file: "efficientnet-lite0-57934424.pth", licence: "Apache-2.0", address: nil, timmName: LiteNames.timmName)
  ) { try EfficientNet($0, EfficientNet.Variant(isLite: true), dropPathRate: $1) }

  private static let efficientNets = [
    efficientNet("b0", width: 1, depth: 1, sidePixels: 224, hash: "c0e6a31c"),
    efficientNet("b4", width: 1.4, depth: 1.8, sidePixels: 380, hash: "d6313a46"),
    efficientNet("b5", width: 1.6, depth: 2.2, sidePixels: 456, hash: "6f26d0cf"),
    efficientNet("b6", width: 1.8, depth: 2.6, sidePixels: 528, hash: "51548356"),
  ]

  private static func efficientNet(
    _ member: String, width: Double, depth: Double, sidePixels: Int, hash: String
  ) -> Backbone {
    let name = "tf_efficientnet_\(member)"
    let variant = EfficientNet.Variant(width: width, depth: depth)
    return Backbone(
      name, featureCount: variant.channels(1280), inputSidePixels: sidePixels, head: "classifier",
      imageNet: PublishedWeights(
        file: "\(name)_ns-\(hash).pth", licence: "Apache-2.0",
        address: "\(PublishedWeights.timmReleases)/v0.1-weights/\(name)_ns-\(hash).pth")
    ) { try EfficientNet($0, variant, dropPathRate: $1) }
  }

  private static let resNets = [
    resNet(18, blocks: [2, 2, 2, 2], narrows: false, hash: "d63eafa0"),
    resNet(50, blocks: [3, 4, 6, 3], narrows: true, hash: "14fe96d1"),
  ]

  private static func resNet(_ layers: Int, blocks: [Int], narrows: Bool, hash: String) -> Backbone {
    let file = "resnet\(layers)_a1_0-\(hash).pth"
    return Backbone(
      "resnet\(layers)", featureCount: narrows ? 2048 : 512, head: "fc",
      imageNet: PublishedWeights(
        file: file, licence: "Apache-2.0", address: "\(PublishedWeights.timmReleases)/v0.1-rsb-weights/\(file)")
    ) { try ResNet($0, blocks: blocks, narrows: narrows, dropPathRate: $1) }
  }

  private static let convNeXtV2Tiny = Backbone(
    "convnextv2_tiny", featureCount: 768, head: "head.fc",
    imageNet: PublishedWeights(
      file: "convnextv2_tiny.fcmae_ft_in22k_in1k.safetensors", licence: "CC-BY-NC-4.0",
      address: "https://huggingface.co/timm/convnextv2_tiny.fcmae_ft_in22k_in1k/resolve/main/model.safetensors")
  ) { try ConvNeXt($0, blocks: [3, 3, 9, 3], channels: [96, 192, 384, 768], dropPathRate: $1) }

  private static let xception = Backbone(
    "xception", otherNames: ["legacy_xception"], timmName: "legacy_xception", featureCount: 2048,
    inputSidePixels: 299, mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5], head: "fc",
    imageNet: PublishedWeights(
      file: "xception-43020ad28.pth", licence: "Apache-2.0",
      address: "\(PublishedWeights.timmReleases)/v0.1-cadene/xception-43020ad28.pth")
  ) { loader, _ in try Xception(loader) }
}

/// Weights that somebody trained on ImageNet and published.
package struct PublishedWeights: Sendable {
  static let timmReleases = "https://github.com/huggingface/pytorch-image-models/releases/download"

  /// Name below the models folder. What stands between its last hyphen and the extension is the start of its SHA-256.
  package let file: String
  package let licence: String
  /// Where it can be had; `nil` where `make deps` fetches it.
  package let address: String?
  /// Turns the file's names into timm's.
  let timmName: @Sendable (String) -> String

  init(
    file: String, licence: String, address: String?, timmName: @escaping @Sendable (String) -> String = { $0 }
  ) {
    (self.file, self.licence, self.address) = (file, licence, address)
    self.timmName = timmName
  }

  /// What a user does who lacks the file.
  ///
  /// - Parameter path: where it is looked for.
  package func remedy(path: String) -> String {
    guard let address else { return "`make deps` fetches it, or set DFPREP_MODELS to the folder that holds it" }
    return "`curl -fL --create-dirs -o '\(path)' \(address)` fetches it (\(licence)); or name a file of your own, or"
      + " `init: random`, in its place"
  }
}
