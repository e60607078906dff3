package import Tensors

/// The exponential moving average of parameters, which detects better than the parameters themselves.
///
/// After the update with number n (the first is 1) it is d average + (1 - d) parameter with
/// d = min(decay, (1 + n) / (10 + n)): early updates count for more. Parameters alone are averaged; running statistics
/// of batch normalisation are averages already, and are used as they stand.
///
/// - Source: the update rule of fadel/pytorch_ema.
package final class MovingAverage {
  private let decay: Double
  private let parameters: [Tensor]
  package let averages: [Tensor]
  package private(set) var updates = 0

  /// Starts from the parameters as they are.
  package init(of parameters: [Tensor], decay: Double) throws {
    self.decay = decay
    self.parameters = parameters
    averages = try parameters.map { try $0.copied() }
  }

  /// The decay of the update with this number.
  package static func decay(atUpdate number: Int, limit: Double) -> Double {
    min(limit, Double(1 + number) / Double(10 + number))
  }

  /// Takes the parameters into the average.
  package func update() throws {
    updates += 1
    let decay = Self.decay(atUpdate: updates, limit: decay)
    for (average, parameter) in zip(averages, parameters) {
      try average.interpolate(towards: parameter, fraction: 1 - decay)
    }
  }

  /// Takes up what ``averages`` and ``updates`` of an average of the same parameters were.
  package func restore(_ averages: [Tensor], updates: Int) throws {
    for (own, given) in zip(self.averages, averages) { try own.assign(given) }
    self.updates = updates
  }

  /// Puts the averages in the parameters' place for good.
  package func copyToParameters() throws {
    for (average, parameter) in zip(averages, parameters) { try parameter.assign(average) }
  }

  /// Puts the averages in the parameters' place while `body` runs.
  package func whileAveraged<Value>(_ body: () throws -> Value) throws -> Value {
    let stored = try parameters.map { try $0.copied() }
    try copyToParameters()
    let result = Result { try body() }
    for (parameter, value) in zip(parameters, stored) { try parameter.assign(value) }
    return try result.get()
  }
}
