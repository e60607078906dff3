private import Foundation

/// A learning rate that rises in a straight line and then follows a shape.
///
/// - Source: cosine: Loshchilov and Hutter 2017, equation 5, one cycle; warm-up as Goyal et al. 2017, section 2.2;
///   plateau as PyTorch's `ReduceLROnPlateau` with its relative threshold of 1e-4.
package struct LearningRateSchedule: Sendable {
  /// What follows the warm-up.
  package enum Shape: String, Codable, CaseIterable, Sendable {
    /// The peak.
    case constant
    /// Half a cosine, down to zero at the end of the run.
    case cosine
    /// Times ``Falls/factor`` every ``Falls/epochs`` epochs.
    case step
    /// Times ``Falls/factor`` when ``Falls/epochs`` epochs in a row and one more brought nothing better.
    case plateau
  }

  /// How `step` and `plateau` fall.
  package struct Falls: Codable, Hashable, Sendable {
    package var epochs: Int
    package var factor: Double
    /// A plateau's rate falls no lower.
    package static let floor = 1e-8

    package init(epochs: Int = 3, factor: Double = 0.5) {
      self.epochs = epochs
      self.factor = factor
    }
  }

  private let peak: Double
  private let warmUpSteps: Int
  private let steps: Int
  private let shape: Shape
  private let falls: Falls

  /// - Parameter steps: steps of the whole run.
  package init(
    peak: Double, steps: Int, warmUpFraction: Double, shape: Shape = .cosine, falls: Falls = Falls()
  ) {
    self.peak = peak
    self.steps = steps
    self.shape = shape
    self.falls = falls
    warmUpSteps = min(steps, Int((Double(steps) * warmUpFraction).rounded()))
  }

  /// The learning rate of the step with this number, the first being 0.
  ///
  /// - Parameter results: of every epoch before, how good it was, larger being better; `nil` where nobody knows.
  package func learningRate(at step: Int, after results: [Double?] = []) -> Double {
    guard step >= warmUpSteps else { return peak * Double(step + 1) / Double(warmUpSteps + 1) }
    switch shape {
    case .constant: return peak
    case .cosine:
      let progress = Double(step - warmUpSteps) / Double(max(1, steps - warmUpSteps))
      return peak * 0.5 * (1 + cos(.pi * progress))
    case .step: return peak * pow(falls.factor, Double(results.count / falls.epochs))
    case .plateau:
      return max(min(peak, Falls.floor), peak * pow(falls.factor, Double(plateaus(in: results))))
    }
  }

  private func plateaus(in results: [Double?]) -> Int {
    var (best, waited, count) = (-Double.infinity, 0, 0)
    for case let result? in results {
      if !best.isFinite || result > best + 1e-4 * abs(best) {
        (best, waited) = (result, 0)
      } else if waited < falls.epochs {
        waited += 1
      } else {
        (waited, count) = (0, count + 1)
      }
    }
    return count
  }
}
