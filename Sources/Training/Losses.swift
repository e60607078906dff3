package import Tensors

/// How much each part of the loss weighs; a part of weight 0 is not computed.
package struct LossWeights: Codable, Hashable, Sendable {
  /// Cross entropy against the label.
  package var ce: Double
  /// InfoNCE anchored on reals: ``Losses/realAnchored(_:labels:temperature:)``.
  package var nce: Double
  /// Divergence under input noise: ``Losses/divergence(from:to:)``.
  package var kl: Double

  package init(ce: Double = 1, nce: Double = 0, kl: Double = 0) {
    (self.ce, self.nce, self.kl) = (ce, nce, kl)
  }

  /// What is not named weighs nothing.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    ce = try container.decodeIfPresent(Double.self, forKey: .ce) ?? 0
    nce = try container.decodeIfPresent(Double.self, forKey: .nce) ?? 0
    kl = try container.decodeIfPresent(Double.self, forKey: .kl) ?? 0
  }
}

/// What is added to a network's input to see whether its answer stays.
package struct InputNoise: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// Independent normal draws.
    case gaussian
    /// The direction in which the answer changes most, found by one step of power iteration.
    case adversarial
  }
  package var kind: Kind
  /// Root mean square of the noise, in units of the normalised input.
  package var deviation: Double

  package init(kind: Kind = .gaussian, deviation: Double = 0.1) {
    self.kind = kind
    self.deviation = deviation
  }
}

/// The losses of the recipe `experts` beside cross entropy.
package enum Losses {
  /// Most samples of a side that are compared.
  package static let sideLimit = 1000

  /// Pulls reals together and pushes fakes from them; fakes are free among themselves.
  ///
  /// With cosines s and temperature t, the mean over reals i of -log(e^(m_i / t) / (e^(m_i / t) + sum over fakes j of
  /// e^(s_ij / t))), where m_i is the mean of s_ik over the other reals k.
  ///
  /// - Parameters:
  ///   - features: `[N, C]`.
  ///   - labels: 1 = fake, 0 = real.
  /// - Returns: `nil` with fewer than two reals, or no fake.
  /// - Source: the loss of FOCAL, 2023, with pristine samples as queries.
  package static func realAnchored(_ features: Tensor, labels: [Int], temperature: Double) throws -> Tensor? {
    let reals = Array(labels.indices.filter { labels[$0] == 0 }.prefix(sideLimit))
    let fakes = Array(labels.indices.filter { labels[$0] == 1 }.prefix(sideLimit))
    guard reals.count >= 2, !fakes.isEmpty else { return nil }
    let unit = try features.normalised(axis: 1)
    let queries = try unit.rows(reals)
    let others = (0..<reals.count * reals.count).map { $0 / reals.count == $0 % reals.count ? 0 : Float(1) }
    // The mean over the others, of a mean over all of them: the own cosine counts as 0.
    let share = Double(reals.count) / Double(reals.count - 1) / temperature
    let mask = try Tensor.of(others, shape: [reals.count, reals.count]).on(features.device)
    let positive = try (queries.linear(weight: queries) * mask).mean(over: [1]).scaled(by: share)
    let negative = try queries.linear(weight: unit.rows(fakes)).scaled(by: 1 / temperature).logSumExp(axis: 1)
    // -log(a / (a + b)) = log(1 + b / a).
    return try (negative - positive).softplus().sum().scaled(by: 1 / Double(reals.count))
  }

  /// KL(softmax(`clean`) || softmax(`noisy`)), mean over rows; `clean` is the target, and receives no gradient.
  package static func divergence(from clean: Tensor, to noisy: Tensor) throws -> Tensor {
    let clean = try clean.copied()
    let rows = try clean.shape[0]
    return try (clean.softmax(axis: 1) * (clean.logSoftmax(axis: 1) - noisy.logSoftmax(axis: 1))).sum()
      .scaled(by: 1 / Double(rows))
  }

  /// `input` with noise that is a function of `seed`.
  ///
  /// - Parameters:
  ///   - clean: what `answer` says of `input`.
  ///   - answer: logits of pictures; asked only for the adversarial direction.
  /// - Source: of the direction, Miyato et al. 2018, algorithm 1, one power iteration.
  package static func noisy(
    _ input: Tensor, _ noise: InputNoise, clean: Tensor, seed: UInt64, answer: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let draws = try Tensor.normal(deviation: 1, seed: seed, shape: input.shape).channelsLast()
    switch noise.kind {
    case .gaussian: return try input + draws.scaled(by: noise.deviation)
    case .adversarial:
      let probe = try ofDeviation(probeDeviation, draws)
      try probe.setRequiresGradient(true)
      let direction = try divergence(from: clean, to: answer(input + probe)).gradient(by: probe)
      return try input + ofDeviation(noise.deviation, direction)
    }
  }

  /// How far the power iteration looks.
  private static let probeDeviation = 1e-3

  /// Every picture of `[N, C, H, W]` scaled to this root mean square.
  private static func ofDeviation(_ deviation: Double, _ tensor: Tensor) throws -> Tensor {
    let elements = try tensor.shape.dropFirst().reduce(1, *)
    return try (tensor / (tensor.norm(over: [1, 2, 3]) + Tensor.filled(1e-30, shape: [1])))
      .scaled(by: deviation * Double(elements).squareRoot())
  }
}
