"""Writes references.json: the contrastive losses and their gradients by PyTorch, in float64, from numbers of a formula that
the test repeats. `python make-references.py > references.json`; PyTorch 1.13 or 2."""

import json
import math

import torch

torch.set_default_dtype(torch.float64)


def numbers(count, phase):
    return [math.sin(1.7 * (index + 1) + phase) for index in range(count)]


def supcon(raw, labels, temperature=0.1, base=0.07):
    """Khosla et al., equation 2, written with masks."""
    z = torch.nn.functional.normalize(raw, dim=1)
    labels = torch.tensor(labels)
    logits = z @ z.T / temperature
    others = 1 - torch.eye(len(labels))
    positives = (labels[:, None] == labels[None, :]).double() * others
    log_probability = logits - (logits.exp() * others).sum(1, keepdim=True).log()
    counts = positives.sum(1)
    means = (positives * log_probability).sum(1) / torch.where(counts < 1e-6, torch.ones_like(counts), counts)
    return -(temperature / base) * means.mean()


def case(pictures, width, labels, phase, temperature):
    raw = torch.tensor(numbers(2 * pictures * width, phase)).reshape(2 * pictures, width).requires_grad_()
    loss = supcon(raw, labels + labels, temperature)
    loss.backward()
    return dict(
        pictures=pictures, width=width, labels=labels, phase=phase, temperature=temperature,
        loss=loss.item(), gradient=raw.grad.flatten().tolist())


def teacher(feedback):
    weights = torch.tensor(numbers(10, 0.3)).reshape(2, 5).requires_grad_()
    known = torch.tensor(numbers(15, 0.1)).reshape(3, 5) @ weights.T
    strong = torch.tensor(numbers(20, 0.2)).reshape(4, 5) @ weights.T
    cross_entropy = torch.nn.functional.cross_entropy
    loss = cross_entropy(known, torch.tensor([0, 1, 1]))
    loss = loss + feedback * cross_entropy(strong, strong.argmax(1))
    loss.backward()
    return dict(feedback=feedback, loss=loss.item(), gradient=weights.grad.flatten().tolist())


def soft(temperature):
    logits = torch.tensor(numbers(8, 0.4)).reshape(4, 2)
    return dict(temperature=temperature, probabilities=(logits / temperature).softmax(1).flatten().tolist())


print(json.dumps(dict(
    supcon=[
        case(3, 4, [0, 1, 1], 0.5, 0.1), case(5, 6, [0, 1, 0, 0, 1], 1.5, 0.1), case(4, 3, [1, 1, 1, 1], 2.5, 0.5)],
    teacher=[teacher(0.25), teacher(-0.5), teacher(0)],
    soft=[soft(1), soft(0.7)]), indent=1))
