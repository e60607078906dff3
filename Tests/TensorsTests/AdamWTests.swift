import Foundation
import Tensors
import Testing

@Suite struct AdamWTests {
  /// Two steps against the formulas: m and v decay to the gradient and its square, both are corrected for their start
  /// at zero, and the weight decays apart.
  @Test func twoStepsByHand() throws {
    let weight = try Tensor.of([2] as [Float], shape: [1])
    try weight.setRequiresGradient(true)
    let optimiser = try AdamW([(weight, 0.01)])
    var (expected, m, v) = (2.0, 0.0, 0.0)
    for (step, learningRate) in [(1, 0.1), (2, 0.05)] {
      let gradient = 2 * expected
      (m, v) = (0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient * gradient)
      let corrected = (m / (1 - pow(0.9, Double(step))), v / (1 - pow(0.999, Double(step))))
      expected -= learningRate * 0.01 * expected
      expected -= learningRate * corrected.0 / (corrected.1.squareRoot() + 1e-8)

      try (weight * weight).sum().backward()
      try optimiser.step(learningRate: learningRate)
      #expect(abs(try weight.scalar() - expected) < 1e-5)
    }
    #expect(try weight.gradient == nil)
  }

  @Test func decayBelongsToItsParameterAndAbsentGradientsMoveNothing() throws {
    let (decaying, steady, untouched) = (
      try Tensor.filled(1, shape: [1]), try Tensor.filled(1, shape: [1]), try Tensor.filled(1, shape: [1])
    )
    for tensor in [decaying, steady, untouched] { try tensor.setRequiresGradient(true) }
    let optimiser = try AdamW([(decaying, 0.5), (steady, 0), (untouched, 0.5)])
    let zero = try Tensor.filled(0, shape: [1])
    try (decaying * zero + steady * zero).sum().backward()
    try optimiser.step(learningRate: 0.1)
    #expect(abs(try decaying.scalar() - 0.95) < 1e-6)
    #expect(try steady.scalar() == 1)
    #expect(try untouched.scalar() == 1)
  }
}
