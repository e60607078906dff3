import Tensors

/// What PyTorch's optimisers do; optimiser-reference.py printed it.
enum OptimiserReference {
  static let all: [(name: String, method: Optimiser.Method, decay: Double, after: [Double])] = [
    ("Adam", .adam(), 0.0, [1.7217867368022561, -0.2261659638821279]),
    ("Adam with decay", .adam(), 0.1, [1.7217632839417663, -0.22611547713048774]),
    ("AdamW", .adamW(), 0.1, [1.66959490016144, -0.21554762058891752]),
    ("SGD", .sgd(momentum: 0, nesterov: false), 0.1, [0.4652538946460325, -0.24720409214935696]),
    ("momentum", .sgd(momentum: 0.9, nesterov: false), 0.0, [-1.1643439266866802, -0.03806010339973422]),
    ("Nesterov", .sgd(momentum: 0.9, nesterov: true), 0.1, [-1.0553363201091455, 0.0490665630883808]),
  ]
  static let sharpnessAware: [Double] = [-0.32300682636448363, -0.21174698306765352]
}
