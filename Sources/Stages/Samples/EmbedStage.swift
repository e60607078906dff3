package import Engine
private import Faces
private import Foundation
private import Imaging
internal import Models
internal import Records
internal import Tensors

/// `embed`: describes every crop by the features of a frozen network.
package struct EmbedStage: SampleStage {
  package struct Options: StageOptions {
    package var backbone = Backbone.efficientNetLite0.name
    package var initialisation = "imagenet"
    package var model = ""
    package var script = ""
    package var normalisation = "imagenet"
    package var size = 224
    package var device = Device.Choice.cpu.rawValue
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case backbone, model, script, normalisation, size, device
      case initialisation = "init"
    }

    package static let fields = [
      OptionField(
        "backbone", .choice(Backbone.names + [EmbedStage.faceNetwork]),
        "The network: one of docs/models.md, such as `efficientnet-lite0`, whose 1280 numbers tell scenes and sources apart; `sface`, 128 numbers that tell people apart, from crops whose five landmarks are known (of others: zeros)."
      ),
      OptionField(
        "init", .either(.file, word: "imagenet"),
        "Weights: a file's (safetensors, or a state dictionary of `torch.save`), or the published ones."),
      OptionField(
        "model", .text,
        "`stage:ID` in place of a backbone: the detector that a stage `train: {id: ID, recipe: pretrain}` before this one fitted; the numbers that its last layer sees."
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
      OptionField(
        "device", .choice(Device.Choice.allCases.map(\.rawValue)),
        "Where a backbone or a stage's model is computed; `auto`: a GPU where libtorch sees one. docs/models.md."),
    ]
  }

  package static let name = "embed"
  package static let version = 2
  package static let summary = "Features of every crop by a frozen network, a row of float32 numbers each."
  package static let puts = SampleStageOutput.features
  static let faceNetwork = "sface"
  /// Crops in memory at a time.
  private static let chunk = 64
  let options: Options
  /// `nil` for the network of faces, which is none of the zoo.
  private let backbone: Backbone?

  /// Id of the stage that fits the model; `nil` for other networks.
  private let modelStage: String?

  package var usesSeed: Bool { false }

  /// - Throws: ``ToolError`` for a model that is no stage's, for more than one network, for weights that the network of
  ///   faces cannot have, and for a device that what is asked for is not computed on.
  package init(options: Options) throws {
    self.options = options
    backbone = options.backbone == Self.faceNetwork ? nil : try Backbone.named(options.backbone)
    guard backbone != nil || options.initialisation == "imagenet" else {
      throw ToolError(.badConfiguration, "`\(Self.faceNetwork)` has weights of its own; take `init` out")
    }
    let prefix = "stage:"
    guard options.model.isEmpty || options.model.hasPrefix(prefix) && options.model.count > prefix.count else {
      throw ToolError(.badConfiguration, "`model: \(options.model)` names no stage; write `stage:` and its id")
    }
    guard options.model.isEmpty || options.script.isEmpty else {
      throw ToolError(.badConfiguration, "`model` and `script` are two networks; one makes the features")
    }
    guard options.device != "cuda" || options.script.isEmpty && backbone != nil else {
      throw ToolError(
        .badConfiguration, "`script` and `\(Self.faceNetwork)` are computed on the CPU; take `device: cuda` out")
    }
    modelStage = options.model.isEmpty ? nil : String(options.model.dropFirst(prefix.count))
  }

  package var needs: [ProductRequirement] { modelStage.map { [.required(.probes, of: $0)] } ?? [] }

  package var modelFiles: [String] {
    if modelStage != nil { return [] }
    if !options.script.isEmpty { return [options.script] }
    guard let backbone else { return [SFace.modelFile] }
    return [options.initialisation == "imagenet" ? backbone.imageNet.file : options.initialisation]
  }

  package func remedy(forModelFile file: String, path: String) -> String {
    Backbone.remedy(forImageNetFile: file, path: path)
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
      let detector = try DetectorModel.load(product.file(Pretraining.fileName))
      try detector.network.move(to: place)
      let extractor = FeatureExtractor(detector: detector)
      let side = extractor.preprocessing.sizePixels
      return { try extractor.features(of: $0.map { try ModelInput.pixels($0.image(), side: side) }) }
    }
    let side = options.size
    if !options.script.isEmpty {
      let extractor = try ScriptedExtractor(URL(filePath: options.script), preprocessing: scriptPreprocessing)
      return { try extractor.features(of: $0.map { try ModelInput.pixels($0.image(), side: side) }) }
    }
    guard let backbone else {
      let network = try SFace(modelsFolder: context.modelsFolder)
      return { try $0.map { try Self.faceFeatures($0, network) } }
    }
    let weights =
      options.initialisation == "imagenet"
      ? context.modelsFolder.appending(path: backbone.imageNet.file) : URL(filePath: options.initialisation)
    let extractor = try FeatureExtractor(backbone, weights: weights, sizePixels: options.size, device: place)
    return { try extractor.features(of: $0.map { try ModelInput.pixels($0.image(), side: side) }) }
  }

  private var place: Device {
    get throws { try Device(Device.Choice(rawValue: options.device) ?? .cpu) }
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
