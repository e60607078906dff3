private import Foundation

/// A learning rate that rises in a straight line and falls along half a cosine to zero.
///
/// - Source: Loshchilov and Hutter 2017, equation 5, one cycle; warm-up as Goyal et al. 2017, section 2.2.
package struct LearningRateSchedule: Sendable {
  private let peak: Double
  private let warmUpSteps: Int
  private let steps: Int

  /// - Parameter steps: steps of the whole run.
  package init(peak: Double, steps: Int, warmUpFraction: Double) {
    self.peak = peak
    self.steps = steps
    warmUpSteps = min(steps, Int((Double(steps) * warmUpFraction).rounded()))
  }

  /// The learning rate of the step with this number, the first being 0.
  package func learningRate(at step: Int) -> Double {
    guard step >= warmUpSteps else { return peak * Double(step + 1) / Double(warmUpSteps + 1) }
    let progress = Double(step - warmUpSteps) / Double(max(1, steps - warmUpSteps))
    return peak * 0.5 * (1 + cos(.pi * progress))
  }
}
