/// The names in the published weights of EfficientNet-lite0, which are another project's than timm.
enum LiteNames {
  /// Blocks of each stage: the file numbers blocks from the first to the last, timm within stages.
  private static let blocksOfStages = [1, 2, 2, 3, 3, 4, 1]

  /// `_blocks.3._depthwise_conv.weight` is timm's `blocks.2.0.conv_dw.weight`; an unknown name stays as it is.
  @Sendable static func timmName(of name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 2 else { return name }
    if parts[0] == "_blocks", parts.count == 4, let index = Int(parts[1]), let place = place(ofBlock: index) {
      // The first stage does not widen: one convolution less, and every number of a normalisation one lower.
      let layers =
        place.stage == 0
        ? ["_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"]
        : [
          "_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
          "_project_conv": "conv_pwl", "_bn2": "bn3",
        ]
      guard let layer = layers[parts[2]] else { return name }
      return "blocks.\(place.stage).\(place.block).\(layer).\(parts[3])"
    }
    let layers = [
      "_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier",
    ]
    guard parts.count == 2, let layer = layers[parts[0]] else { return name }
    return "\(layer).\(parts[1])"
  }

  private static func place(ofBlock index: Int) -> (stage: Int, block: Int)? {
    var block = index
    for (stage, count) in blocksOfStages.enumerated() {
      if 0 <= block, block < count { return (stage, block) }
      block -= count
    }
    return nil
  }
}
