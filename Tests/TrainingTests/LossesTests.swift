import Foundation
import Tensors
import Testing
import Training

@Suite struct LossesTests {
  private static let labels = [0, 1, 0, 0, 1]
  private static let features: [Double] = [1, 0.2, -0.3, 0.5, 1, 0.1, 0.9, -0.4, 0.3, 0.2, 0.8, 0.6, -1, 0.7, 0.4]

  /// The formula, number by number.
  private static func plainRealAnchored(_ features: [Double], temperature: Double) -> Double {
    let rows = (0..<5).map { Array(features[3 * $0..<3 * $0 + 3]) }
    func cosine(_ i: Int, _ j: Int) -> Double {
      func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      return dot(rows[i], rows[j]) / (dot(rows[i], rows[i]) * dot(rows[j], rows[j])).squareRoot()
    }
    let (reals, fakes) = ([0, 2, 3], [1, 4])
    let losses = reals.map { i in
      let others = reals.filter { $0 != i }
      let positive = exp(others.map { cosine(i, $0) }.reduce(0, +) / Double(others.count) / temperature)
      let negatives = fakes.map { exp(cosine(i, $0) / temperature) }.reduce(0, +)
      return -log(positive / (positive + negatives))
    }
    return losses.reduce(0, +) / Double(reals.count)
  }

  /// Gradients of `loss` against differences of `plain`.
  private func check(
    _ values: [Double], shape: [Int], plain: ([Double]) throws -> Double, loss: (Tensor) throws -> Tensor
  ) throws {
    let tensor = try Tensor.of(values, shape: shape)
    try tensor.setRequiresGradient(true)
    let result = try loss(tensor)
    let value: [Double] = try result.converted(to: .float64).values()
    #expect(abs(value[0] - (try plain(values))) < 1e-6)
    try result.backward()
    let gradient: [Double] = try #require(try tensor.gradient).values()
    for index in values.indices {
      var (up, down) = (values, values)
      up[index] += 1e-5
      down[index] -= 1e-5
      let expected = try (plain(up) - plain(down)) / 2e-5
      #expect(abs(gradient[index] - expected) < 1e-5, "\(index)")
    }
  }

  @Test(arguments: [0.1, 0.5]) func realsArePulledAndFakesPushed(temperature: Double) throws {
    try check(Self.features, shape: [5, 3], plain: { Self.plainRealAnchored($0, temperature: temperature) }) {
      try #require(try Losses.realAnchored($0, labels: Self.labels, temperature: temperature))
    }
  }

  @Test func withoutAPairOrAFakeThereIsNothingToCompare() throws {
    let features = try Tensor.of([1, 0, 0, 1] as [Float], shape: [2, 2])
    for labels in [[0, 0], [1, 1], [0, 1]] {
      #expect(try Losses.realAnchored(features, labels: labels, temperature: 0.1) == nil)
    }
  }

  @Test func divergenceByHand() throws {
    let clean = try Tensor.of([0, 1, 2, -1] as [Double], shape: [2, 2])
    try clean.setRequiresGradient(true)
    func plain(_ noisy: [Double]) -> Double {
      func softmax(_ a: Double, _ b: Double) -> [Double] { [exp(a), exp(b)].map { $0 / (exp(a) + exp(b)) } }
      let pairs = [(softmax(0, 1), softmax(noisy[0], noisy[1])), (softmax(2, -1), softmax(noisy[2], noisy[3]))]
      return pairs.map { p, q in zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) } }.reduce(0, +) / 2
    }
    try check([0.3, 0.2, 1, 1.5], shape: [2, 2], plain: plain) { try Losses.divergence(from: clean, to: $0) }
    #expect(try clean.gradient == nil, "the clean answer is the target")
  }

  @Test func gaussianNoiseHasItsDeviation() throws {
    let input = try Tensor.filled(2, shape: [2, 3, 32, 32])
    func noise(_ seed: UInt64) throws -> [Float] {
      try Losses.noisy(input, InputNoise(deviation: 0.25), clean: input, seed: seed) { $0 }.values()
    }
    let values = try noise(1).map { Double($0) - 2 }
    let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    #expect(abs(deviation - 0.25) < 0.01)
    #expect(try noise(1) == noise(1) && noise(1) != noise(2))
  }

  /// A linear network with two classes changes most along the difference of its rows.
  @Test func adversarialNoiseGoesWhereTheAnswerChangesMost() throws {
    let shape = [1, 3, 2, 2]
    let weight = try Tensor.of((0..<24).map { Float(sin(Double($0) * 1.7)) }, shape: [2, 12])
    try weight.setRequiresGradient(true)
    let input = try Tensor.of((0..<12).map { Float($0) / 12 }, shape: shape)
    // A convolution as large as the picture is a matrix product.
    func answer(_ picture: Tensor) throws -> Tensor {
      let kernels = try Tensor.of(weight.values(as: Float.self), shape: [2, 3, 2, 2])
      return try picture.convolved(with: kernels).globalAveragePooled()
    }
    let clean = try answer(input)
    let noisy = try Losses.noisy(
      input, InputNoise(kind: .adversarial, deviation: 0.5), clean: clean, seed: 3, answer: answer)
    let found = zip(try noisy.values(as: Float.self), try input.values(as: Float.self)).map { Double($0 - $1) }
    let rows: [Float] = try weight.values()
    let difference = (0..<12).map { Double(rows[$0] - rows[12 + $0]) }
    func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let cosine = zip(found, difference).reduce(0) { $0 + $1.0 * $1.1 } / norm(found) / norm(difference)
    #expect(abs(abs(cosine) - 1) < 1e-2)
    #expect(abs(norm(found) / 12.0.squareRoot() - 0.5) < 1e-4)
    #expect(try weight.gradient == nil, "looking for the direction leaves no gradients")
  }

  @Test func smoothedWeightedCrossEntropyIsPyTorchs() throws {
    let logits: [Double] = [0.5, -1, 2, 0.3, -0.7, 0.9]
    let (targets, weights, smoothing) = ([0, 1, 1], [2.0, 0.5], 0.1)
    // PyTorch: sum over classes c of w_c times the smoothed target times -log p, over the sum of w of the targets.
    func plain(_ logits: [Double]) -> Double {
      var (sum, total) = (0.0, 0.0)
      for (row, target) in targets.enumerated() {
        let pair = [logits[2 * row], logits[2 * row + 1]]
        let normaliser = log(exp(pair[0]) + exp(pair[1]))
        for label in 0..<2 {
          let share = (label == target ? 1 - smoothing : 0) + smoothing / 2
          sum += share * weights[label] * (normaliser - pair[label])
        }
        total += weights[target]
      }
      return sum / total
    }
    try check(logits, shape: [3, 2], plain: plain) {
      // Weights are float32, as pictures are.
      try $0.converted(to: .float32).crossEntropy(targets: targets, classWeights: weights, smoothing: smoothing)
    }
  }
}
