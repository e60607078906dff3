internal import CTorch

/// Moves parameters against their gradients.
///
/// What it remembers can be read and put back, so that a run that was cut goes on as if it had not been.
package final class Optimiser {
  /// The rule of a step.
  ///
  /// - Source: Adam: Kingma and Ba 2015, algorithm 1, decay added to the gradient. AdamW: Loshchilov and Hutter 2019,
  ///   algorithm 2. SGD: Sutskever et al. 2013 in PyTorch's form, v = m v + g, then p -= rate (g + m v) with Nesterov
  ///   and rate v without.
  package enum Method: Hashable, Sendable {
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    case sgd(momentum: Double = 0.9, nesterov: Bool = true)
  }

  /// Parameters that are treated alike.
  package struct Group {
    package var parameters: [Tensor]
    /// Times the learning rate under AdamW, otherwise added to the gradient times the parameter.
    package var weightDecay: Double
    /// Times the learning rate of a step.
    package var rateFactor: Double

    package init(_ parameters: [Tensor], weightDecay: Double = 0, rateFactor: Double = 1) {
      self.parameters = parameters
      self.weightDecay = weightDecay
      self.rateFactor = rateFactor
    }
  }

  private let method: Method
  private let groups: [Group]
  private let parameters: [Tensor]
  /// Of each parameter, in the order of the groups: the steps it has taken, and tensors of its shape.
  package private(set) var steps: [Int]
  package let memory: [[Tensor]]
  /// Where the parameters stood before ``climb(radius:)``.
  private var origin: [Tensor]?

  package init(_ method: Method, _ groups: [Group]) throws(TensorError) {
    self.method = method
    self.groups = groups
    parameters = groups.flatMap(\.parameters)
    steps = [Int](repeating: 0, count: parameters.count)
    var memory: [[Tensor]] = []
    for parameter in parameters {
      switch method {
      case .adam, .adamW: memory.append([try parameter.zeros(), try parameter.zeros()])
      case .sgd(let momentum, _): memory.append(momentum > 0 ? [try parameter.zeros()] : [])
      }
    }
    self.memory = memory
  }

  /// Moves every parameter that has a gradient, then forgets the gradients.
  package func step(learningRate: Double) throws(TensorError) {
    var index = 0
    for group in groups {
      for parameter in group.parameters {
        defer { index += 1 }
        guard try parameter.gradient != nil else { continue }
        steps[index] += 1
        try move(parameter, memory[index], group, number: steps[index], rate: learningRate * group.rateFactor)
      }
    }
    try clearGradients()
  }

  private func move(
    _ parameter: Tensor, _ memory: [Tensor], _ group: Group, number: Int, rate: Double
  ) throws(TensorError) {
    try Tensor.perform("step", on: [parameter]) { functions, error in
      func adam(_ beta1: Double, _ beta2: Double, _ epsilon: Double, decoupled: Int32) -> dft_status {
        functions.adam_step(
          parameter.handle, memory[0].handle, memory[1].handle, Int64(number), rate, beta1, beta2, epsilon,
          group.weightDecay, decoupled, &error)
      }
      switch method {
      case .adam(let beta1, let beta2, let epsilon): return adam(beta1, beta2, epsilon, decoupled: 0)
      case .adamW(let beta1, let beta2, let epsilon): return adam(beta1, beta2, epsilon, decoupled: 1)
      case .sgd(let momentum, let nesterov):
        return functions.sgd_step(
          parameter.handle, memory.first?.handle, Int64(number), rate, momentum, nesterov ? 1 : 0, group.weightDecay,
          &error)
      }
    }
  }

  /// Forgets the gradients of all parameters.
  package func clearGradients() throws(TensorError) {
    for parameter in parameters { try parameter.clearGradient() }
  }

  /// The Euclidean norm of all gradients together.
  package func gradientNorm() throws(TensorError) -> Double {
    var sum = 0.0
    for parameter in parameters {
      guard let norm = try parameter.gradient?.norm().scalar() else { continue }
      sum += norm * norm
    }
    return sum.squareRoot()
  }

  /// Scales all gradients down so that their norm is at most `maximum`, a hair below as PyTorch has it.
  ///
  /// - Parameter norm: what ``gradientNorm()`` gave.
  /// - Source: Pascanu et al. 2013, algorithm 1.
  package func clipGradients(to maximum: Double, norm: Double) throws(TensorError) {
    let factor = maximum / (norm + 1e-6)
    guard factor < 1 else { return }
    for parameter in parameters { try parameter.gradient?.scale(by: factor) }
  }

  /// Moves the parameters by `radius` along their gradients, which are then forgotten: where the loss is worst nearby.
  /// The next gradients belong there; ``comeBack()`` goes before the step that uses them.
  ///
  /// - Source: Foret et al. 2021, algorithm 1, SAM.
  package func climb(radius: Double) throws(TensorError) {
    let norm = try gradientNorm()
    var origin: [Tensor] = []
    for parameter in parameters {
      origin.append(try parameter.copied())
      if let gradient = try parameter.gradient { try parameter.add(gradient, times: radius / (norm + 1e-12)) }
    }
    self.origin = origin
    try clearGradients()
  }

  /// Puts the parameters where they were before ``climb(radius:)``.
  package func comeBack() throws(TensorError) {
    guard let origin else { return }
    for (parameter, place) in zip(parameters, origin) { try parameter.assign(place) }
    self.origin = nil
  }

  /// Takes up what ``steps`` and ``memory`` of an optimiser of the same method and parameters were.
  package func restore(steps: [Int], memory: [[Tensor]]) throws(TensorError) {
    guard steps.count == self.steps.count, memory.map(\.count) == self.memory.map(\.count) else {
      throw TensorError(.unsuitableBytes, "the state is of another optimiser")
    }
    self.steps = steps
    for (own, given) in zip(self.memory.joined(), memory.joined()) { try own.assign(given) }
  }
}
