/// The layers of a small convolutional network, read out of an ONNX graph and checked one by one.
///
/// What it may hold: convolutions with symmetric zero padding, dense or one filter a channel, with or without ReLU;
/// maxima of 2 x 2; sums with a layer of half the size, doubled; at the outputs a change to `[cells, channels]` and a
/// sigmoid. Anything else is refused.
struct ConvolutionalGraph {
  enum Kind {
    case convolution, depthwise, maxPool, addDoubled
  }

  struct Layer {
    var kind: Kind
    /// Index of an earlier layer, -1 for the network's input.
    var input: Int
    var other = -1
    var channels: Int
    var side = 1
    var stride = 1
    var hasReLU = false
    var weights: [Float] = []
    var bias: [Float] = []
    /// Pixels of the input for one of the output, along each axis.
    var reduction: Int
  }

  struct Output {
    var layer: Int
    var hasSigmoid = false
  }

  let inputChannels: Int
  private(set) var layers: [Layer] = []
  /// By name.
  private(set) var outputs: [String: Output] = [:]

  /// What the name of a value stands for.
  private enum Meaning {
    case layer(Int)
    /// A layer, every value of which stands for 2 x 2.
    case doubled(Int)
    case output(Output)
  }

  /// - Throws: ``NetworkError`` `cannot-load` at the first node that is none of the above.
  init(_ model: ONNXModel) throws(NetworkError) {
    guard model.inputs.count == 1, let input = model.inputs.first else {
      throw NetworkError(code: .cannotLoad, message: "\(model.inputs.count) inputs; one was expected")
    }
    guard let first = model.nodes.first(where: { $0.inputs.first == input }), first.inputs.count > 1,
      let channels = model.arrays[first.inputs[1]]?.shape.dropFirst().first
    else { throw NetworkError(code: .cannotLoad, message: "it does not begin with a convolution") }
    inputChannels = channels
    var meanings: [String: Meaning] = [input: .layer(-1)]
    for node in model.nodes {
      guard let name = node.outputs.first, node.outputs.count == 1 else {
        throw Self.refusal(node, "has several outputs")
      }
      meanings[name] = try read(node, model, meanings)
    }
    for name in model.outputs {
      switch meanings[name] {
      case .layer(let index) where index >= 0: outputs[name] = Output(layer: index)
      case .output(let output): outputs[name] = output
      default: throw NetworkError(code: .cannotLoad, message: "output \(name) is not computed")
      }
    }
  }

  private mutating func read(
    _ node: ONNXModel.Node, _ model: ONNXModel, _ meanings: [String: Meaning]
  ) throws(NetworkError) -> Meaning {
    let inputs = node.inputs.map { meanings[$0] }
    switch (node.operation, inputs.first ?? nil) {
    case ("Conv", .layer(let index)):
      return try convolution(node, input: index, model)
    case ("Relu", .layer(let index)):
      guard index >= 0, index == layers.count - 1,
        layers[index].kind == .convolution || layers[index].kind == .depthwise
      else { throw Self.refusal(node, "does not follow its convolution") }
      layers[index].hasReLU = true
      return .layer(index)
    case ("MaxPool", .layer(let index)):
      guard index >= 0, node.integers("kernel_shape") == [2, 2], node.integers("strides") == [2, 2],
        node.integers("pads")?.allSatisfy({ $0 == 0 }) ?? true
      else { throw Self.refusal(node, "is not the maximum of 2 x 2") }
      return append(
        Layer(
          kind: .maxPool, input: index, channels: layers[index].channels, reduction: layers[index].reduction * 2))
    case ("Resize", .layer(let index)):
      // A number for each axis; those of a file for another version of the format are sizes, and are refused below.
      let scales = node.inputs.last.flatMap { model.arrays[$0]?.values }
      guard index >= 0, node.attributes["mode"]?.text == "nearest", scales == [1, 1, 2, 2],
        node.attributes["coordinate_transformation_mode"]?.text == "asymmetric",
        node.attributes["nearest_mode"]?.text == "floor"
      else { throw Self.refusal(node, "does not double each value") }
      return .doubled(index)
    case ("Add", _):
      guard inputs.count == 2 else { throw Self.refusal(node, "does not add two") }
      switch (inputs[0], inputs[1]) {
      case (.layer(let one), .doubled(let other)), (.doubled(let other), .layer(let one)):
        guard one >= 0, layers[one].channels == layers[other].channels,
          layers[one].reduction * 2 == layers[other].reduction
        else { throw Self.refusal(node, "adds layers that do not fit") }
        return append(
          Layer(
            kind: .addDoubled, input: one, other: other, channels: layers[one].channels,
            reduction: layers[one].reduction))
      default: throw Self.refusal(node, "does not add a doubled layer")
      }
    case ("Transpose", .layer(let index)):
      guard index >= 0, node.integers("perm") == [0, 2, 3, 1] else { throw Self.refusal(node, "is another order") }
      return .output(Output(layer: index))
    case ("Reshape", .output(let output)): return .output(output)
    case ("Sigmoid", .output(let output)):
      return .output(Output(layer: output.layer, hasSigmoid: true))
    default: throw Self.refusal(node, "is not among the layers that this program runs")
    }
  }

  private mutating func convolution(
    _ node: ONNXModel.Node, input: Int, _ model: ONNXModel
  ) throws(NetworkError) -> Meaning {
    guard node.inputs.count == 3, let weights = model.arrays[node.inputs[1]], let bias = model.arrays[node.inputs[2]],
      weights.shape.count == 4, weights.shape.allSatisfy({ (1...4096).contains($0) }),
      weights.values.count == weights.shape.reduce(1, *), bias.values.count == weights.shape[0]
    else { throw Self.refusal(node, "lacks weights or bias") }
    let (channels, side) = (weights.shape[0], weights.shape[2])
    let inputChannels = input < 0 ? self.inputChannels : layers[input].channels
    let groups = node.attributes["group"]?.integer ?? 1
    let strides = node.integers("strides") ?? [1, 1]
    guard weights.shape[3] == side, side % 2 == 1,
      node.integers("pads") ?? [0, 0, 0, 0] == [side / 2, side / 2, side / 2, side / 2],
      node.integers("dilations")?.allSatisfy({ $0 == 1 }) ?? true, strides.count == 2, strides[0] == strides[1],
      (1...8).contains(strides[0]), node.attributes["auto_pad"]?.text ?? "NOTSET" == "NOTSET"
    else { throw Self.refusal(node, "has a kernel, padding or stride that is not the same on all sides") }
    let isDepthwise = groups > 1 || (inputChannels == 1 && channels == 1 && input >= 0)
    guard
      isDepthwise
        ? (groups == inputChannels && channels == groups && weights.shape[1] == 1)
        : weights.shape[1] == inputChannels
    else { throw Self.refusal(node, "does not fit the \(inputChannels) channels before it") }
    return append(
      Layer(
        kind: isDepthwise ? .depthwise : .convolution, input: input, channels: channels, side: side,
        stride: strides[0], weights: weights.values, bias: bias.values,
        reduction: (input < 0 ? 1 : layers[input].reduction) * strides[0]))
  }

  private mutating func append(_ layer: Layer) -> Meaning {
    layers.append(layer)
    return .layer(layers.count - 1)
  }

  private static func refusal(_ node: ONNXModel.Node, _ reason: String) -> NetworkError {
    NetworkError(
      code: .cannotLoad, message: "node \(node.outputs.first ?? "without a name") (\(node.operation)) \(reason)")
  }
}
