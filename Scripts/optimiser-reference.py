"""Prints OptimiserReference.swift: what PyTorch's optimisers do. Needs torch; run it by hand when the tests change."""
import torch

RATES = [0.1, 0.1, 0.05, 0.02, 0.01]


def loss(weight):
    return (weight ** 4 / 4 + weight ** 2).sum()


def start():
    return torch.tensor([2.0, -0.5], dtype=torch.float64, requires_grad=True)


def steps(make):
    weight = start()
    optimiser = make([weight])
    for rate in RATES:
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad()
        loss(weight).backward()
        optimiser.step()
    return weight.tolist()


def sharpness_aware():
    weight = start()
    optimiser = torch.optim.SGD([weight], lr=0.05, momentum=0.9)
    for _ in range(3):
        gradient, = torch.autograd.grad(loss(weight), weight)
        place = weight.detach().clone()
        with torch.no_grad():
            weight += 0.05 * gradient / gradient.norm()
        optimiser.zero_grad()
        loss(weight).backward()
        with torch.no_grad():
            weight.copy_(place)
        optimiser.step()
    return weight.tolist()


CASES = [
    ("Adam", ".adam()", 0.0, lambda p: torch.optim.Adam(p)),
    ("Adam with decay", ".adam()", 0.1, lambda p: torch.optim.Adam(p, weight_decay=0.1)),
    ("AdamW", ".adamW()", 0.1, lambda p: torch.optim.AdamW(p, weight_decay=0.1)),
    ("SGD", ".sgd(momentum: 0, nesterov: false)", 0.1, lambda p: torch.optim.SGD(p, lr=1, weight_decay=0.1)),
    ("momentum", ".sgd(momentum: 0.9, nesterov: false)", 0.0, lambda p: torch.optim.SGD(p, lr=1, momentum=0.9)),
    ("Nesterov", ".sgd(momentum: 0.9, nesterov: true)", 0.1,
     lambda p: torch.optim.SGD(p, lr=1, momentum=0.9, nesterov=True, weight_decay=0.1)),
]
print("import Tensors\n")
print("/// What PyTorch's optimisers do; optimiser-reference.py printed it.")
print("enum OptimiserReference {")
print("  static let all: [(name: String, method: Optimiser.Method, decay: Double, after: [Double])] = [")
for name, method, decay, make in CASES:
    print(f'    ("{name}", {method}, {decay}, {steps(make)}),')
print("  ]")
print(f"  static let sharpnessAware: [Double] = {sharpness_aware()}")
print("}")
