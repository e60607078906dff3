import Tensors
import Testing

/// Gradients against central differences, in float64, of a weighted sum of each layer's output.
@Suite struct GradientTests {
  /// Checks the gradient of `loss` with respect to every element of every input.
  private func check(_ inputs: [Tensor], _ loss: ([Tensor]) throws -> Tensor) throws {
    for input in inputs { try input.setRequiresGradient(true) }
    try loss(inputs).backward()
    let step = 1e-5
    for (position, input) in inputs.enumerated() {
      let gradient: [Double] = try #require(try input.gradient).values()
      let values: [Double] = try input.values()
      for index in values.indices {
        func moved(by distance: Double) throws -> Double {
          var changed = values
          changed[index] += distance
          var operands = inputs
          operands[position] = try Tensor.of(changed, shape: input.shape)
          return try #require(try loss(operands).values(as: Double.self).first)
        }
        let difference = (try moved(by: step) - moved(by: -step)) / (2 * step)
        #expect(
          abs(difference - gradient[index]) < 1e-6 * max(1, abs(difference)), "input \(position), element \(index)")
      }
    }
  }

  private func sample(_ shape: [Int], seed: UInt64) throws -> Tensor {
    try Tensor.normal(deviation: 1, seed: seed, shape: shape).converted(to: .float64)
  }

  @Test(arguments: [
    (stride: 1, padding: Margins(1), groups: 1), (stride: 2, padding: Margins(0), groups: 2),
    (stride: 2, padding: Margins(left: 1, right: 0, top: 0, bottom: 2), groups: 4),
  ])
  func convolution(_ options: (stride: Int, padding: Margins, groups: Int)) throws {
    let weight = try sample([4, 4 / options.groups, 3, 3], seed: 2)
    try check([try sample([2, 4, 5, 5], seed: 1), weight, try sample([4], seed: 3)]) { operands in
      let output = try operands[0].convolved(
        with: operands[1], bias: operands[2], stride: options.stride, padding: options.padding, groups: options.groups)
      return try (output * output).sum()
    }
  }

  @Test func dilatedConvolution() throws {
    try check([try sample([1, 2, 6, 6], seed: 21), try sample([2, 2, 3, 3], seed: 22)]) { operands in
      let output = try operands[0].convolved(with: operands[1], padding: 1, dilation: 2)
      return try (output * output).sum()
    }
  }

  @Test(arguments: ["relu", "silu", "gelu", "sigmoid"]) func bends(name: String) throws {
    let input = try Tensor.of([-3, -0.7, -0.1, 0.2, 0.9, 4] as [Double], shape: [6])
    try check([input]) { operands in
      let x = operands[0]
      let bent = try ["relu": x.relu(), "silu": x.silu(), "gelu": x.gelu(), "sigmoid": x.sigmoid()][name]
      return try (#require(bent) * x).sum()
    }
  }

  @Test func maxPooling() throws {
    let weights = try sample([1, 2, 3, 3], seed: 23)
    try check([try sample([1, 2, 5, 5], seed: 24)]) { operands in
      try (operands[0].maxPooled(size: 3, stride: 2, padding: 1) * weights).sum()
    }
  }

  @Test func layerNormalisation() throws {
    let weights = try sample([2, 3, 5], seed: 25)
    try check([try sample([2, 3, 5], seed: 26), try sample([5], seed: 27), try sample([5], seed: 28)]) { operands in
      try (operands[0].layerNormalised(weight: operands[1], bias: operands[2], epsilon: 1e-6) * weights).sum()
    }
  }

  @Test func meansAndNormsOverAxes() throws {
    let weights = try sample([2, 3, 4, 5], seed: 29)
    try check([try sample([2, 3, 4, 5], seed: 30)]) { operands in
      let x = operands[0]
      return try (x * weights * x.norm(over: [1, 2]) / (x * x).mean(over: [3])).sum()
    }
  }

  @Test func droppedPaths() throws {
    try check([try sample([5, 2, 2], seed: 31)]) { operands in
      let x = try operands[0].pathsDropped(probability: 0.4, seed: 8)
      return try (x * x).sum()
    }
  }

  @Test(arguments: [true, false]) func batchNormalisation(training: Bool) throws {
    let weights = try sample([3, 3, 4, 4], seed: 4)
    let mean = try sample([3], seed: 5)
    let variance = try Tensor.filled(0.5, shape: [3]).converted(to: .float64)
    try check([try sample([3, 3, 4, 4], seed: 6), try sample([3], seed: 7), try sample([3], seed: 8)]) { operands in
      let output = try operands[0].batchNormalised(
        weight: operands[1], bias: operands[2], runningMean: mean.copied(), runningVariance: variance.copied(),
        training: training, momentum: 0.1, epsilon: 1e-3)
      return try (output * weights).sum()
    }
  }

  @Test func linearPoolAndCrossEntropy() throws {
    let operands = [try sample([3, 4, 2, 2], seed: 9), try sample([2, 4], seed: 10), try sample([2], seed: 11)]
    try check(operands) { operands in
      try operands[0].globalAveragePooled().linear(weight: operands[1], bias: operands[2])
        .crossEntropy(targets: [0, 1, 1])
    }
  }

  @Test func relu6() throws {
    let input = try Tensor.of([-3, -0.5, 0.5, 3, 5.5, 7] as [Double], shape: [6])
    try check([input]) { try ($0[0].relu6() * $0[0]).sum() }
  }

  @Test func batchNormalisationMovesRunningStatistics() throws {
    let input = try Tensor.of([1, 3] as [Float], shape: [2, 1, 1, 1])
    let ones = try Tensor.filled(1, shape: [1])
    let (mean, variance) = (try Tensor.filled(0, shape: [1]), try Tensor.filled(1, shape: [1]))
    _ = try input.batchNormalised(
      weight: ones, bias: ones, runningMean: mean, runningVariance: variance, training: true, momentum: 0.1,
      epsilon: 1e-3)
    // Mean 2 and unbiased variance 2 of the batch, a tenth of the way.
    #expect(abs(try mean.scalar() - 0.2) < 1e-6)
    #expect(abs(try variance.scalar() - 1.1) < 1e-6)
  }

  @Test func crossEntropyIsTheNegativeLogProbability() throws {
    let logits = try Tensor.of([1, 2, 0.5, -1] as [Float], shape: [2, 2])
    let probabilities: [Float] = try logits.softmax(axis: 1).values()
    let logarithms: [Float] = try logits.logSoftmax(axis: 1).values()
    #expect(abs(probabilities[0] - 0.26894143) < 1e-6)
    #expect(abs(logarithms[0] + 1.3132617) < 1e-6)
    let loss = try logits.crossEntropy(targets: [1, 0]).scalar()
    #expect(abs(loss - Double(-(logarithms[1] + logarithms[2]) / 2)) < 1e-6)
  }
}
