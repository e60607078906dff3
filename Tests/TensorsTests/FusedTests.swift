import Tensors
import Testing

/// Layers made one, against the layers one after another.
@Suite struct FusedTests {
  private struct Norm {
    let weight, bias, mean, variance: Tensor

    init(channels: Int) throws {
      weight = try Tensor.normal(deviation: 1, seed: 1, shape: [channels])
      bias = try Tensor.normal(deviation: 0.5, seed: 2, shape: [channels])
      mean = try Tensor.normal(deviation: 1, seed: 3, shape: [channels])
      variance = try Tensor.filled(2, shape: [channels])
    }
  }

  private func close(
    _ left: Tensor, _ right: Tensor, within bound: Float, _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (a, b): ([Float], [Float]) = (try left.values(), try right.values())
    #expect(a.count == b.count, what, sourceLocation: sourceLocation)
    let scale = b.reduce(1) { max($0, abs($1)) }
    let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= bound * scale, "\(what): \(worst) of \(scale)", sourceLocation: sourceLocation)
  }

  private func bent(_ x: Tensor, _ bend: Bend) throws -> Tensor {
    switch bend {
    case .linear: x
    case .relu: try x.relu()
    case .relu6: try x.relu6()
    case .silu: try x.silu()
    }
  }

  /// Shapes of one row, of less than a block, and of several; a mean far from zero, too.
  @Test(arguments: [[2, 5, 1, 1], [3, 17, 5, 7], [4, 8, 16, 24]], Bend.allCases)
  func normalisationAndBendAreTheTwoOneAfterAnother(shape: [Int], bend: Bend) throws {
    for (training, offset) in [(true, 0.0), (true, 50), (false, 0)] {
      let values = try Tensor.normal(deviation: 3, seed: 4, shape: shape) + Tensor.filled(offset, shape: [1])
      let factor = try Tensor.normal(deviation: 1, seed: 5, shape: shape).channelsLast()
      var results: [[Tensor]] = []
      for isFused in [true, false] {
        let norm = try Norm(channels: shape[1])
        let input = try values.channelsLast().copied()
        for tensor in [input, norm.weight, norm.bias] { try tensor.setRequiresGradient(true) }
        let output =
          isFused
          ? try input.batchNormalised(
            weight: norm.weight, bias: norm.bias, runningMean: norm.mean, runningVariance: norm.variance,
            training: training, momentum: 0.1, epsilon: 1e-3, bend: bend)
          : try bent(
            input.batchNormalised(
              weight: norm.weight, bias: norm.bias, runningMean: norm.mean, runningVariance: norm.variance,
              training: training, momentum: 0.1, epsilon: 1e-3), bend)
        try (output * factor).sum().backward()
        results.append([
          output, norm.mean, norm.variance, try #require(try input.gradient), try #require(try norm.weight.gradient),
          try #require(try norm.bias.gradient),
        ])
      }
      let names = ["output", "running mean", "running variance", "gradient", "of weight", "of bias"]
      for (name, (fused, apart)) in zip(names, zip(results[0], results[1])) {
        try close(fused, apart, within: 2e-4, "\(name), training \(training), offset \(offset)")
      }
    }
  }

  @Test func threadsDoNotChangeTheNormalisation() throws {
    let input = try Tensor.normal(deviation: 1, seed: 4, shape: [4, 8, 32, 33]).channelsLast()
    let outputs = try [1, 2].map { threads in
      try Libtorch.withThreads(threads) {
        let norm = try Norm(channels: 8)
        let output = try input.batchNormalised(
          weight: norm.weight, bias: norm.bias, runningMean: norm.mean, runningVariance: norm.variance, training: true,
          momentum: 0.1, epsilon: 1e-5, bend: .relu6)
        return try output.bytes() + norm.variance.bytes()
      }
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test(arguments: [true, false]) func aFoldedConvolutionDoesWhatBothDo(hasBias: Bool) throws {
    let norm = try Norm(channels: 6)
    let input = try Tensor.normal(deviation: 1, seed: 7, shape: [2, 3, 9, 9]).channelsLast()
    let weight = try Tensor.normal(deviation: 1, seed: 8, shape: [6, 3, 3, 3])
    let bias = hasBias ? try Tensor.normal(deviation: 1, seed: 9, shape: [6]) : nil
    let expected = try input.convolved(with: weight, bias: bias, padding: 1).batchNormalised(
      weight: norm.weight, bias: norm.bias, runningMean: norm.mean, runningVariance: norm.variance, training: false,
      momentum: 0, epsilon: 1e-3)
    let folded = try weight.foldedNormalisation(
      bias: bias, scale: norm.weight, shift: norm.bias, mean: norm.mean, variance: norm.variance, epsilon: 1e-3)
    for bend in Bend.allCases {
      let found = try Libtorch.withoutGradients {
        try input.convolved(
          with: folded.weight, bias: folded.bias, stride: 1, padding: 1, dilation: 1, groups: 1, bend: bend)
      }
      try close(found, bent(expected, bend), within: 1e-5, "\(bend)")
    }
  }

  @Test func picturesAreNormalisedAsByHand() throws {
    let pixels: [UInt8] = (0..<36).map { (value: Int) -> UInt8 in UInt8(value * 7 % 256) }
    let (mean, deviation): ([Float], [Float]) = ([10, 20, 30], [2, 3, 4])
    let tensor = try Tensor.normalised(
      pixels: pixels, count: 2, height: 2, width: 3, mean: mean, deviation: deviation)
    #expect(try tensor.shape == [2, 3, 2, 3])
    let byPixel: [Float] = try tensor.permuted([0, 2, 3, 1]).values()
    let expected: [Float] = pixels.indices.map { index -> Float in
      let channel = index % 3
      return (Float(pixels[index]) - mean[channel]) / deviation[channel]
    }
    #expect(byPixel == expected)
    #expect(throws: TensorError.self) {
      try Tensor.normalised(pixels: [1], count: 1, height: 1, width: 1, mean: mean, deviation: deviation)
    }
  }
}

@Suite struct DeviceTests {
  @Test func theHostIsAlwaysThere() throws {
    #expect(try Device(.cpu) == .cpu)
    let tensor = try Tensor.of([1, 2] as [Float], shape: [2])
    try tensor.setRequiresGradient(true)
    try tensor.move(to: .cpu)
    #expect(try tensor.device == .cpu)
    #expect(try tensor.on(.cpu) === tensor)
    try tensor.sum().backward()
    #expect(try tensor.gradient?.values(as: Float.self) == [1, 1])
  }

  @Test func aMissingDeviceIsSaid() throws {
    guard try Device.cudaCount == 0 else {
      // A machine with a GPU: what was moved there comes back.
      let tensor = try Tensor.of([1, 2] as [Float], shape: [2])
      #expect(try tensor.on(Device(.cuda)).values(as: Float.self) == [1, 2])
      return
    }
    #expect(try Device(.auto) == .cpu)
    let error = #expect(throws: TensorError.self) { try Device(.cuda) }
    #expect(error?.code == .deviceUnavailable)
    #expect(error?.message.contains("DFPREP_LIBRARIES") == true)
    #expect(throws: TensorError.self) { try Tensor.filled(1, shape: [1]).on(.cuda(0)) }
  }
}
