private import Foundation
package import Tensors

/// The losses of supervised contrastive learning and of meta pseudo labels.
package enum ContrastiveLosses {
  /// What the shape of the supervised contrastive loss depends on.
  package struct Temperatures: Hashable, Sendable {
    /// Similarities are divided by it.
    package var temperature: Double
    /// The loss is multiplied by `temperature / base`, which changes its scale and nothing else.
    package var base: Double

    package init(temperature: Double = 0.1, base: Double = 0.07) {
      (self.temperature, self.base) = (temperature, base)
    }
  }

  /// Stands for minus infinity where exp() of it must be 0 and its product with 0 must be 0.
  private static let excluded = -1e9

  /// The supervised contrastive loss: every row of every view is an anchor, attracts the rows of its class, and all others
  /// stand in its denominator.
  ///
  ///     L = -(t / b) mean_i (1 / sum_p w(i,p)) sum_p w(i,p) log [ exp(z_i z_p / t) / sum_{a != i} exp(z_i z_a / t) ]
  ///
  /// w(i,p) is the product of both rows' class probabilities, 1 or 0 where these are certain. An anchor that nothing
  /// attracts adds 0 and counts in the mean.
  ///
  /// - Source: Khosla et al. 2020, equation 2, with the scale of the authors' code.
  /// - Parameters:
  ///   - projections: `[V N, D]`, rows of norm 1, one view behind the other.
  ///   - labels: class probabilities of the N pictures; a picture with `nil` is in no part of the loss.
  /// - Returns: one number; `nil` where fewer than two pictures have labels.
  package static func supervisedContrastive(
    _ projections: Tensor, labels: [ClassProbabilities?], _ temperatures: Temperatures = Temperatures()
  ) throws -> Tensor? {
    let rows = try projections.shape[0]
    let included = labels.count(where: { $0 != nil })
    guard included >= 2, rows % labels.count == 0 else { return nil }
    let type = try projections.elementType
    let anchors = included * rows / labels.count
    var weights = [Double](repeating: 0, count: rows * rows)
    var exclusions = [Double](repeating: 0, count: rows * rows)
    for anchor in 0..<rows {
      let own = labels[anchor % labels.count]
      var sum = 0.0
      for other in 0..<rows {
        let theirs = labels[other % labels.count]
        if other == anchor || theirs == nil { exclusions[anchor * rows + other] = excluded }
        guard other != anchor, let own, let theirs else { continue }
        let weight = zip(own.values, theirs.values).reduce(0) { $0 + $1.0 * $1.1 }
        weights[anchor * rows + other] = weight
        sum += weight
      }
      guard sum > 0 else { continue }
      for other in 0..<rows { weights[anchor * rows + other] /= sum }
    }
    func matrix(_ values: [Double]) throws -> Tensor { try Tensor.of(values, shape: [rows, rows]).converted(to: type) }
    let similarities = try projections.times(projections.permuted([1, 0])).scaled(by: 1 / temperatures.temperature)
    let compared = try similarities + matrix(exclusions)
    let logProbabilities = try similarities - compared.logSumExp(axis: 1)
    let scale = temperatures.temperature / temperatures.base / Double(anchors)
    return try (logProbabilities * matrix(weights)).sum().scaled(by: -scale)
  }

  /// The mean of -sum(q log softmax(logits)) over the rows that have a label; `nil` where none has.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`.
  ///   - labels: class probabilities of the N rows.
  package static func crossEntropy(_ logits: Tensor, labels: [ClassProbabilities?]) throws -> Tensor? {
    let count = labels.count(where: { $0 != nil })
    guard count > 0 else { return nil }
    let shape = try logits.shape
    let values = labels.flatMap { $0?.values ?? [Double](repeating: 0, count: shape[1]) }
    let targets = try Tensor.of(values, shape: shape).converted(to: logits.elementType)
    return try (logits.logSoftmax(axis: 1) * targets).sum().scaled(by: -1 / Double(count))
  }

  /// What the teacher's classifier minimises: the cross entropy on labelled pictures, and that on unlabelled ones against
  /// what the teacher itself takes them for, weighed by how much the student gained from the teacher's labels.
  ///
  /// - Source: Pham et al. 2021, section 2; the weight stands for the product of the student's gradients (appendix A).
  package static func teacher(
    labelled: Tensor, targets: [Int], unlabelled: Tensor, own: [ClassProbabilities?], feedback: Double
  ) throws -> Tensor {
    let supervised = try labelled.crossEntropy(targets: targets)
    guard let consistency = try crossEntropy(unlabelled, labels: own) else { return supervised }
    return try supervised + consistency.scaled(by: feedback)
  }
}

/// How much a student has gained on labelled pictures.
package enum Feedback: String, Codable, CaseIterable, Sendable {
  /// As it is derived: positive where the student's loss fell, so that the teacher is drawn to labels that helped.
  case oldMinusNew = "old-minus-new"
  /// As SupCon-MPL's code and the reference of meta pseudo labels have it: the reverse.
  case newMinusOld = "new-minus-old"

  /// - Parameters: the student's cross entropy on labelled pictures before and after its step.
  package func coefficient(old: Double, new: Double) -> Double { self == .oldMinusNew ? old - new : new - old }
}

/// How likely a picture is of each class; sums to 1.
package struct ClassProbabilities: Hashable, Sendable {
  package var values: [Double]

  package init(_ values: [Double]) { self.values = values }

  /// Certainly of class `label`.
  package init(label: Int, of count: Int = 2) { values = (0..<count).map { $0 == label ? 1 : 0 } }
}

/// How a teacher's logits become labels.
package struct PseudoLabels: Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// The likeliest class alone; of equal ones the first.
    case hard
    /// The probabilities themselves.
    case soft
  }

  package var kind: Kind
  /// Logits are divided by it.
  package var temperature: Double
  /// Pictures whose likeliest class is less likely have no label.
  package var threshold: Double

  package init(kind: Kind = .hard, temperature: Double = 1, threshold: Double = 0) {
    (self.kind, self.temperature, self.threshold) = (kind, temperature, threshold)
  }

  /// The labels of `[N, K]` logits; nothing flows back through them.
  package func labels(of logits: Tensor) throws -> [ClassProbabilities?] {
    let classes = try logits.shape[1]
    let probabilities = try Libtorch.withoutGradients {
      try logits.scaled(by: 1 / temperature).softmax(axis: 1).converted(to: .float64).values(as: Double.self)
    }
    return stride(from: 0, to: probabilities.count, by: classes).map { start in
      let row = Array(probabilities[start..<start + classes])
      guard let largest = row.max(), let place = row.firstIndex(of: largest), largest >= threshold else { return nil }
      return kind == .hard ? ClassProbabilities(label: place, of: classes) : ClassProbabilities(row)
    }
  }
}
