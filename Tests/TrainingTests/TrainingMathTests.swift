import Tensors
import Testing
import Training

@Suite struct TrainingMathTests {
  @Test func theDecayWarmsUpToItsLimit() {
    #expect(MovingAverage.decay(atUpdate: 1, limit: 0.995) == 2.0 / 11)
    #expect(MovingAverage.decay(atUpdate: 10, limit: 0.995) == 11.0 / 20)
    #expect(MovingAverage.decay(atUpdate: 1788, limit: 0.995) < 0.995)
    #expect(MovingAverage.decay(atUpdate: 1790, limit: 0.995) == 0.995)
  }

  @Test func theMovingAverageByHand() throws {
    let parameter = try Tensor.of([1, 2] as [Float], shape: [2])
    let average = try MovingAverage(of: [parameter], decay: 0.25)
    try parameter.assign(Tensor.of([3, -2], shape: [2]))
    try average.update()  // d = 2 / 11
    try parameter.assign(Tensor.of([0, 1], shape: [2]))
    try average.update()  // d = 0.25, as 3 / 12 = 0.25
    let first = [2.0 / 11 + 3 * 9.0 / 11, 2 * 2.0 / 11 - 2 * 9.0 / 11]
    let expected = [0.25 * first[0], 0.25 * first[1] + 0.75]
    let inside: [Float] = try average.whileAveraged { try parameter.values() }
    for (value, expected) in zip(inside, expected) { #expect(abs(Double(value) - expected) < 1e-6) }
    #expect(try parameter.values() as [Float] == [0, 1])
    try average.copyToParameters()
    #expect(try parameter.values() == inside)
  }

  @Test func parametersComeBackWhenTheBodyThrows() throws {
    let parameter = try Tensor.filled(1, shape: [1])
    let average = try MovingAverage(of: [parameter], decay: 0.5)
    try parameter.assign(Tensor.filled(9, shape: [1]))
    #expect(throws: CancellationError.self) { try average.whileAveraged { throw CancellationError() } }
    #expect(try parameter.scalar() == 9)
  }

  @Test func theLearningRateRisesThenFallsAlongACosine() {
    let schedule = LearningRateSchedule(peak: 2, steps: 10, warmUpFraction: 0.2)
    #expect(abs(schedule.learningRate(at: 0) - 2.0 / 3) < 1e-12)
    #expect(abs(schedule.learningRate(at: 1) - 4.0 / 3) < 1e-12)
    #expect(schedule.learningRate(at: 2) == 2)
    #expect(abs(schedule.learningRate(at: 6) - 1) < 1e-12)
    #expect(schedule.learningRate(at: 9) > 0 && schedule.learningRate(at: 9) < 0.1)
    #expect(LearningRateSchedule(peak: 2, steps: 3, warmUpFraction: 0).learningRate(at: 0) == 2)
  }
}

@Suite struct LearningRateShapeTests {
  private func schedule(_ shape: LearningRateSchedule.Shape, epochs: Int, factor: Double) -> LearningRateSchedule {
    LearningRateSchedule(
      peak: 1, steps: 100, warmUpFraction: 0.02, shape: shape, falls: .init(epochs: epochs, factor: factor))
  }

  @Test func stepsFallEverySoManyEpochs() {
    let steps = schedule(.step, epochs: 2, factor: 0.1)
    let rates = (0..<5).map { steps.learningRate(at: 50, after: Array(repeating: nil, count: $0)) }
    for (rate, expected) in zip(rates, [1, 1, 0.1, 0.1, 0.01]) { #expect(abs(rate - expected) < 1e-12) }
    #expect(schedule(.constant, epochs: 1, factor: 0.1).learningRate(at: 99, after: [1, 2, 3]) == 1)
    #expect(abs(steps.learningRate(at: 0) - 1.0 / 3) < 1e-12)
  }

  /// What PyTorch's `ReduceLROnPlateau(mode="max", factor=0.5, patience=1)` does with the same results.
  @Test func aPlateauHalvesTheRate() {
    let plateau = schedule(.plateau, epochs: 1, factor: 0.5)
    let results: [Double?] = [0.5, 0.6, 0.6, 0.59, 0.61, 0.61, nil, 0.6, 0.6, 0.6]
    let rates = (0...results.count).map { plateau.learningRate(at: 50, after: Array(results.prefix($0))) }
    #expect(rates == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125])
  }
}
