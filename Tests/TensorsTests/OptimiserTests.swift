import Foundation
import Tensors
import Testing

@Suite struct OptimiserTests {
  /// f(w) = sum of w^4 / 4 + w^2 over two weights; its gradient is w^3 + 2 w.
  private static func backward(_ weight: Tensor) throws {
    let square = try weight * weight
    try (square * square * Tensor.filled(0.25, shape: [1]) + square).sum().backward()
  }

  /// PyTorch 2's numbers: Scripts/optimiser-reference.py prints them.
  private static let references: [(name: String, method: Optimiser.Method, decay: Double, after: [Double])] =
    OptimiserReference.all

  @Test(arguments: references.indices) func fiveStepsArePyTorchs(index: Int) throws {
    let reference = Self.references[index]
    let weight = try Tensor.of([2, -0.5] as [Float], shape: [2])
    try weight.setRequiresGradient(true)
    let optimiser = try Optimiser(reference.method, [.init([weight], weightDecay: reference.decay)])
    for rate in [0.1, 0.1, 0.05, 0.02, 0.01] {
      try Self.backward(weight)
      try optimiser.step(learningRate: rate)
    }
    let found: [Float] = try weight.values()
    for (found, expected) in zip(found, reference.after) {
      #expect(abs(Double(found) - expected) < 2e-6, "\(reference.name)")
    }
    #expect(try weight.gradient == nil)
  }

  @Test func sharpnessAwareStepsArePyTorchs() throws {
    let weight = try Tensor.of([2, -0.5] as [Float], shape: [2])
    try weight.setRequiresGradient(true)
    let optimiser = try Optimiser(.sgd(momentum: 0.9, nesterov: false), [.init([weight])])
    for _ in 0..<3 {
      try Self.backward(weight)
      try optimiser.climb(radius: 0.05)
      try Self.backward(weight)
      try optimiser.comeBack()
      try optimiser.step(learningRate: 0.05)
    }
    let found: [Float] = try weight.values()
    for (found, expected) in zip(found, OptimiserReference.sharpnessAware) {
      #expect(abs(Double(found) - expected) < 2e-6)
    }
  }

  @Test func decayAndRateBelongToTheirGroupAndAbsentGradientsMoveNothing() throws {
    let all = try (0..<4).map { _ in try Tensor.filled(1, shape: [1]) }
    for tensor in all { try tensor.setRequiresGradient(true) }
    let optimiser = try Optimiser(
      .adamW(),
      [
        .init([all[0]], weightDecay: 0.5), .init([all[1]]), .init([all[2]], weightDecay: 0.5),
        .init([all[3]], weightDecay: 0.5, rateFactor: 0.1),
      ])
    let zero = try Tensor.filled(0, shape: [1])
    try (all[0] * zero + all[1] * zero + all[3] * zero).sum().backward()
    try optimiser.step(learningRate: 0.1)
    #expect(abs(try all[0].scalar() - 0.95) < 1e-6)
    #expect(try all[1].scalar() == 1)
    #expect(try all[2].scalar() == 1)
    #expect(abs(try all[3].scalar() - 0.995) < 1e-6)
    #expect(optimiser.steps == [1, 1, 0, 1])
  }

  @Test func gradientsAreClippedByTheirCommonNorm() throws {
    let weights = [try Tensor.filled(1, shape: [1]), try Tensor.filled(1, shape: [1])]
    for weight in weights { try weight.setRequiresGradient(true) }
    let optimiser = try Optimiser(.sgd(momentum: 0), [.init(weights)])
    let factors = [try Tensor.filled(3, shape: [1]), try Tensor.filled(-4, shape: [1])]
    try (weights[0] * factors[0] + weights[1] * factors[1]).sum().backward()
    let norm = try optimiser.gradientNorm()
    #expect(abs(norm - 5) < 1e-6)
    try optimiser.clipGradients(to: 10, norm: norm)
    #expect(abs(try optimiser.gradientNorm() - 5) < 1e-6)
    try optimiser.clipGradients(to: 2, norm: norm)
    #expect(abs(try #require(try weights[1].gradient).scalar() + 1.6) < 1e-5)
  }

  @Test(arguments: references.indices) func goesOnWhereAnotherStopped(index: Int) throws {
    let reference = Self.references[index]
    func make() throws -> (Tensor, Optimiser) {
      let weight = try Tensor.of([2, -0.5] as [Float], shape: [2])
      try weight.setRequiresGradient(true)
      return (weight, try Optimiser(reference.method, [.init([weight], weightDecay: reference.decay)]))
    }
    let (first, whole) = try make()
    let (second, resumed) = try make()
    for step in 0..<6 {
      if step == 3 {
        try second.assign(first)
        try resumed.restore(steps: whole.steps, memory: whole.memory)
      }
      for (weight, optimiser) in [(first, whole), (second, resumed)] where step >= 3 || optimiser === whole {
        try Self.backward(weight)
        try optimiser.step(learningRate: 0.1)
      }
    }
    #expect(try first.bytes() == second.bytes())
  }
}
