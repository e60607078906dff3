import Foundation
import Tensors
import Testing
import Training

/// What PyTorch makes of the same numbers; `make-references.py` beside this file writes it.
private struct References: Decodable {
  struct Contrast: Decodable {
    var pictures, width: Int
    var labels: [Int]
    var phase, temperature, loss: Double
    var gradient: [Double]
  }
  struct Teacher: Decodable {
    var feedback, loss: Double
    var gradient: [Double]
  }
  struct Soft: Decodable {
    var temperature: Double
    var probabilities: [Double]
  }
  var supcon: [Contrast]
  var teacher: [Teacher]
  var soft: [Soft]

  static func read() throws -> References {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "references.json")
    return try JSONDecoder().decode(References.self, from: Data(contentsOf: file))
  }
}

private func numbers(_ shape: [Int], phase: Double) throws -> Tensor {
  try Tensor.of((0..<shape.reduce(1, *)).map { sin(1.7 * Double($0 + 1) + phase) }, shape: shape)
}

private func value(_ tensor: Tensor?) throws -> Double {
  let values = try #require(tensor).values(as: Double.self)
  return try #require(values.first)
}

private func certain(_ labels: [Int]) -> [ClassProbabilities?] { labels.map { ClassProbabilities(label: $0) } }

@Suite struct ContrastiveLossTests {
  @Test func theLossByHand() throws {
    // Two pictures of different classes, both views alike, at a right angle: each anchor has one positive at similarity
    // 1 and two negatives at 0.
    let rows = try Tensor.of([1, 0, 0, 1, 1, 0, 0, 1] as [Double], shape: [4, 2])
    let loss = try ContrastiveLosses.supervisedContrastive(
      rows, labels: certain([0, 1]), .init(temperature: 0.5, base: 0.25))
    #expect(abs(try value(loss) - 2 * (log(exp(2) + 2) - 2)) < 1e-12)
    // Of one class, all three others are positives: one at 1, two at 0.
    let same = try ContrastiveLosses.supervisedContrastive(
      rows, labels: certain([1, 1]), .init(temperature: 0.5, base: 0.5))
    #expect(abs(try value(same) - (log(exp(2) + 2) - 2.0 / 3)) < 1e-12)
  }

  @Test func lossAndGradientArePyTorchs() throws {
    for reference in try References.read().supcon {
      let raw = try numbers([2 * reference.pictures, reference.width], phase: reference.phase)
      try raw.setRequiresGradient(true)
      let loss = try #require(
        try ContrastiveLosses.supervisedContrastive(
          raw.normalised(axis: 1), labels: certain(reference.labels), .init(temperature: reference.temperature)))
      #expect(abs(try value(loss) - reference.loss) < 1e-10)
      try loss.backward()
      let gradient = try #require(try raw.gradient).values(as: Double.self)
      for (mine, theirs) in zip(gradient, reference.gradient) { #expect(abs(mine - theirs) < 1e-10) }
    }
  }

  @Test func theGradientIsTheDifference() throws {
    let labels: [ClassProbabilities?] = [.init([0.3, 0.7]), nil, .init([0.9, 0.1])]
    func loss(_ raw: Tensor) throws -> Tensor {
      try #require(try ContrastiveLosses.supervisedContrastive(raw.normalised(axis: 1), labels: labels))
    }
    let raw = try numbers([6, 4], phase: 3)
    try raw.setRequiresGradient(true)
    try loss(raw).backward()
    let gradient = try #require(try raw.gradient).values(as: Double.self)
    let values = try raw.values(as: Double.self)
    for index in values.indices {
      func moved(_ by: Double) throws -> Double {
        var changed = values
        changed[index] += by
        return try value(loss(Tensor.of(changed, shape: [6, 4])))
      }
      #expect(abs((try moved(1e-5) - moved(-1e-5)) / 2e-5 - gradient[index]) < 1e-5)
    }
    // What has no label is in no part of it.
    for view in [1, 4] { #expect(gradient[view * 4..<view * 4 + 4].allSatisfy { $0 == 0 }) }
  }

  @Test func picturesWithoutLabelsAreAsIfTheyWereNotThere() throws {
    let all = try numbers([6, 4], phase: 3).normalised(axis: 1)
    let some = try Tensor.concatenated([all.rows(0..<1), all.rows(2..<4), all.rows(5..<6)])
    let left = try ContrastiveLosses.supervisedContrastive(all, labels: [.init(label: 0), nil, .init(label: 1)])
    let right = try ContrastiveLosses.supervisedContrastive(some, labels: certain([0, 1]))
    #expect(abs(try value(left) - value(right)) < 1e-12)
    #expect(try ContrastiveLosses.supervisedContrastive(all, labels: [nil, .init(label: 1), nil]) == nil)
  }

  @Test func anAnchorWithoutPositivesAddsNothing() throws {
    // One view: every picture of its class alone.
    let rows = try numbers([2, 3], phase: 1).normalised(axis: 1)
    let loss = try ContrastiveLosses.supervisedContrastive(rows, labels: certain([0, 1]))
    #expect(try value(loss) == 0)
  }

  @Test func theTeachersLossAndItsGradientArePyTorchs() throws {
    for reference in try References.read().teacher {
      let weights = try numbers([2, 5], phase: 0.3)
      try weights.setRequiresGradient(true)
      let known = try numbers([3, 5], phase: 0.1).linear(weight: weights)
      let strong = try numbers([4, 5], phase: 0.2).linear(weight: weights)
      let loss = try ContrastiveLosses.teacher(
        labelled: known, targets: [0, 1, 1], unlabelled: strong, own: PseudoLabels().labels(of: strong),
        feedback: reference.feedback)
      #expect(abs(try value(loss) - reference.loss) < 1e-10)
      try loss.backward()
      let gradient = try #require(try weights.gradient).values(as: Double.self)
      for (mine, theirs) in zip(gradient, reference.gradient) { #expect(abs(mine - theirs) < 1e-10) }
    }
  }

  @Test func pseudoLabelsAreHardOrSoftAndSureEnough() throws {
    let logits = try numbers([4, 2], phase: 0.4)
    for reference in try References.read().soft {
      let found = try PseudoLabels(kind: .soft, temperature: reference.temperature).labels(of: logits)
      let values = found.flatMap { $0?.values ?? [] }
      for (mine, theirs) in zip(values, reference.probabilities) { #expect(abs(mine - theirs) < 1e-12) }
    }
    let close = try Tensor.of([0, 1, 2, -2, 0.5, 0.5] as [Double], shape: [3, 2])
    #expect(try PseudoLabels().labels(of: close) == certain([1, 0, 0]))
    #expect(try PseudoLabels(threshold: 0.95).labels(of: close) == [nil, .init(label: 0), nil])
    #expect(
      try PseudoLabels(temperature: 0.1, threshold: 0.95).labels(of: close) == [
        .init(label: 1), .init(label: 0), nil,
      ])
  }

  /// Softly labelled by itself at temperature 1, a network has a gradient of 0: why `hard` is the default.
  @Test func softOwnLabelsTeachNothing() throws {
    let logits = try numbers([4, 2], phase: 0.4)
    try logits.setRequiresGradient(true)
    let labels = try PseudoLabels(kind: .soft).labels(of: logits)
    try #require(try ContrastiveLosses.crossEntropy(logits, labels: labels)).backward()
    #expect(try #require(try logits.gradient).values(as: Double.self).allSatisfy { abs($0) < 1e-15 })
  }

  @Test func theFeedbacksSign() {
    #expect(Feedback.oldMinusNew.coefficient(old: 0.75, new: 0.5) == 0.25)
    #expect(Feedback.newMinusOld.coefficient(old: 0.75, new: 0.5) == -0.25)
  }
}
