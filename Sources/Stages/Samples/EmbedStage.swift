package import Engine
private import Foundation
private import Models
private import Records

/// `embed`: describes every crop by the pooled features of a frozen network.
package struct EmbedStage: SampleStage {
  package struct Options: StageOptions {
    package var backbone = "efficientnet-lite0"
    package var size = 224
    package init() {}

    package static let fields = [
      OptionField("backbone", .choice(["efficientnet-lite0"]), "The network, with its ImageNet weights."),
      OptionField("size", .integer(32...1024), "Side of the network's input, pixels."),
    ]
  }

  package static let name = "embed"
  package static let version = 1
  package static let summary = "Pooled ImageNet features of every crop, 1280 float32 numbers a row."
  package static let puts = SampleStageOutput.features
  /// Crops in memory at a time.
  private static let chunk = 64
  let options: Options

  package init(options: Options) { self.options = options }
  package var modelFiles: [String] { [EfficientNetLite0.imageNetFile] }

  package func process(_ samples: [SampleEntry], context: StageContext, sink: any SampleSink) throws {
    let extractor = try FeatureExtractor(
      imageNetWeights: context.modelsFolder.appending(path: modelFiles[0]), sizePixels: options.size)
    for start in stride(from: 0, to: samples.count, by: Self.chunk) {
      let entries = samples[start..<min(start + Self.chunk, samples.count)]
      let images = try entries.map { try ModelInput.pixels($0.image(), side: options.size) }
      for (entry, features) in zip(entries, try extractor.features(of: images)) {
        try sink.put(features: features, key: entry.sample.key)
      }
      context.progress(start + entries.count, samples.count, "crops")
    }
  }
}
