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
    package var size = 224
    package init() {}

    package static let fields = [
      OptionField(
        "backbone", .choice([EmbedStage.imageNet, EmbedStage.faceNetwork]),
        "The network: `efficientnet-lite0` with its ImageNet weights, 1280 numbers that tell scenes and sources apart; `sface`, 128 numbers that tell people apart, from crops whose five landmarks are known (of others: zeros)."
      ),
      OptionField("size", .integer(32...1024), "Side of the network's input, pixels; `sface` has its own, 112."),
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

  package init(options: Options) { self.options = options }

  package var modelFiles: [String] {
    [options.backbone == Self.faceNetwork ? SFace.modelFile : EfficientNetLite0.imageNetFile]
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
    if options.backbone == Self.faceNetwork {
      let network = try SFace(modelsFolder: context.modelsFolder)
      return { try $0.map { try Self.faceFeatures($0, network) } }
    }
    let extractor = try FeatureExtractor(
      imageNetWeights: context.modelsFolder.appending(path: modelFiles[0]), sizePixels: options.size)
    let side = options.size
    return { try extractor.features(of: $0.map { try ModelInput.pixels($0.image(), side: side) }) }
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
