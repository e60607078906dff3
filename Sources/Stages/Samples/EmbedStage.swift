package import Engine
private import Faces
private import Foundation
private import Imaging
private import Models
internal import Records

/// `embed`: describes every crop by the features of a frozen network.
package struct EmbedStage: SampleStage {
  package struct Options: StageOptions {
    package var backbone = EmbedStage.imageNet
    package var model = ""
    package var script = ""
    package var normalisation = "imagenet"
    package var size = 224
    package init() {}

    package static let fields = [
      OptionField(
        "backbone", .choice([EmbedStage.imageNet, EmbedStage.faceNetwork]),
        "The network: `efficientnet-lite0` with its ImageNet weights, 1280 numbers that tell scenes and sources apart; `sface`, 128 numbers that tell people apart, from crops whose five landmarks are known (of others: zeros)."
      ),
      OptionField(
        "model", .text,
        "`stage:ID` in place of a backbone: the detector that a stage `train: {id: ID, recipe: pretrain}` before this one fitted; the 1280 numbers that its last layer sees."
      ),
      OptionField(
        "script", .file,
        "A TorchScript file in place of a backbone; its `forward` takes float32 `[N, 3, size, size]` and gives `[N, ...]`."
      ),
      OptionField(
        "normalisation", .choice(["imagenet", "half", "none"]),
        "Of a script's input: by ImageNet's mean and deviation, to -1 ... 1, or to 0 ... 1."),
      OptionField(
        "size", .integer(32...1024),
        "Side of the network's input, pixels; `sface` has its own, 112, and a stage's model that of its training."),
    ]
  }

  package static let name = "embed"
  package static let version = 1
  package static let summary = "Features of every crop by a frozen network, a row of float32 numbers each."
  package static let puts = SampleStageOutput.features
  static let imageNet = "efficientnet-lite0"
  static let faceNetwork = "sface"
  /// Crops in memory at a time.
  private static let chunk = 64
  let options: Options

  /// Id of the stage that fits the model; `nil` for other networks.
  private let modelStage: String?

  /// - Throws: ``ToolError`` for a model that is no stage's, and for more than one network.
  package init(options: Options) throws {
    self.options = options
    let prefix = "stage:"
    guard options.model.isEmpty || options.model.hasPrefix(prefix) && options.model.count > prefix.count else {
      throw ToolError(.badConfiguration, "`model: \(options.model)` names no stage; write `stage:` and its id")
    }
    guard options.model.isEmpty || options.script.isEmpty else {
      throw ToolError(.badConfiguration, "`model` and `script` are two networks; one makes the features")
    }
    modelStage = options.model.isEmpty ? nil : String(options.model.dropFirst(prefix.count))
  }

  package var needs: [ProductRequirement] { modelStage.map { [.required(.probes, of: $0)] } ?? [] }

  package var modelFiles: [String] {
    if modelStage != nil { return [] }
    if !options.script.isEmpty { return [options.script] }
    return [options.backbone == Self.faceNetwork ? SFace.modelFile : EfficientNetLite0.imageNetFile]
  }

  package func process(_ samples: [SampleEntry], context: StageContext, sink: any SampleSink) throws {
    let features = try extractor(context)
    for start in stride(from: 0, to: samples.count, by: Self.chunk) {
      let entries = Array(samples[start..<min(start + Self.chunk, samples.count)])
      for (entry, features) in zip(entries, try features(entries)) {
        try sink.put(features: features, key: entry.sample.key)
      }
      context.progress(start + entries.count, samples.count, "crops")
    }
  }

  /// What turns some crops into a row each.
  private func extractor(_ context: StageContext) throws -> ([SampleEntry]) throws -> [[Float]] {
    if let modelStage {
      guard let product = context.products.last(where: { $0.kind == .probes && $0.stageID == modelStage }) else {
        throw InternalFault("no model of stage '\(modelStage)'")
      }
      let extractor = FeatureExtractor(detector: try DetectorModel.load(product.file(Pretraining.fileName)))
      let side = extractor.preprocessing.sizePixels
      return { try extractor.features(of: $0.map { try ModelInput.pixels($0.image(), side: side) }) }
    }
    let side = options.size
    if !options.script.isEmpty {
      let extractor = try ScriptedExtractor(URL(filePath: options.script), preprocessing: scriptPreprocessing)
      return { try extractor.features(of: $0.map { try ModelInput.pixels($0.image(), side: side) }) }
    }
    if options.backbone == Self.faceNetwork {
      let network = try SFace(modelsFolder: context.modelsFolder)
      return { try $0.map { try Self.faceFeatures($0, network) } }
    }
    let extractor = try FeatureExtractor(
      imageNetWeights: context.modelsFolder.appending(path: modelFiles[0]), sizePixels: options.size)
    return { try extractor.features(of: $0.map { try ModelInput.pixels($0.image(), side: side) }) }
  }

  private var scriptPreprocessing: Preprocessing {
    options.normalisation == "imagenet"
      ? .imageNet(sizePixels: options.size)
      : .plain(sizePixels: options.size, aroundZero: options.normalisation == "half")
  }

  /// Zeros, which are near to nothing, where the landmarks are unknown or cannot be a face's.
  private static func faceFeatures(_ entry: SampleEntry, _ network: SFace) throws -> [Float] {
    let sample = entry.sample
    do {
      return try network.features(
        of: ImageCodec.decode(entry.image()), landmarks: sample.face.landmarks.map(sample.transform.apply))
    } catch let error as FacesError where [FacesError.noLandmarks.code, "bad-face-box"].contains(error.code) {
      return [Float](repeating: 0, count: SFace.dimensions)
    }
  }
}
