"""Backpropagation as a textbook writes it, in float64: the oracle of the training loop."""

from dataclasses import dataclass, field

import numpy as np

ACTIVATIONS = {
    "linear": (lambda z: z, lambda a: np.ones_like(a)),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(float)),
    "softmax": (lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), None),
}


def half_squared_error(a, y):
    return 0.5 * np.einsum("nj,nj->n", a - y, a - y), a - y


def cross_entropy_of_softmax(a, y):
    """The derivative is by the logits already."""
    return -np.einsum("nj,nj->n", y, np.log(a)), a - y


@dataclass
class Textbook:
    """A stack of dense layers under plain gradient descent."""

    weights: list
    biases: list
    activations: list
    loss: object
    rate: float
    l2: float = 0.0
    reduction: str = "mean"
    step_losses: list = field(default_factory=list)

    @classmethod
    def of(cls, network, values, loss, rate, **settings):
        tensors = network.tensors(values)
        layers = [node.name for node in network.nodes]
        activations = [layer.activation.name for layer in network.spec.layers]
        return cls(
            [tensors[f"{name}.weights"] for name in layers],
            [tensors[f"{name}.biases"] for name in layers],
            activations,
            loss,
            rate,
            **settings,
        )

    def forward(self, x):
        layers = [x]
        for w, b, activation in zip(self.weights, self.biases, self.activations, strict=True):
            layers.append(ACTIVATIONS[activation][0](np.einsum("ni,ij->nj", layers[-1], w) + b))
        return layers

    def step(self, x, y, row_weights):
        """One step; return the batch's loss, as it was before."""
        layers = self.forward(x)
        losses, delta = self.loss(layers[-1], y)
        count = len(x) if self.reduction == "mean" else 1
        loss = row_weights @ losses / count + 0.5 * self.l2 * sum((w**2).sum() for w in self.weights)
        delta = delta * row_weights[:, None] / count
        if self.activations[-1] != "softmax":
            delta = delta * ACTIVATIONS[self.activations[-1]][1](layers[-1])
        for index in reversed(range(len(self.weights))):
            dw, db = np.einsum("ni,nj->ij", layers[index], delta) + self.l2 * self.weights[index], delta.sum(axis=0)
            if index:
                slope = ACTIVATIONS[self.activations[index - 1]][1](layers[index])
                delta = np.einsum("nj,ij->ni", delta, self.weights[index]) * slope
            self.weights[index] = self.weights[index] - self.rate * dw
            self.biases[index] = self.biases[index] - self.rate * db
        return loss

    def epoch(self, rows, batch_size):
        """All rows in their order; return the loss, every row counting the same in a mean."""
        total = 0.0
        for first in range(0, len(rows), batch_size):
            part = slice(first, first + batch_size)
            weights = np.ones(len(rows)) if rows.sample_weights is None else rows.sample_weights
            loss = self.step(rows.inputs[part], rows.targets[part], weights[part])
            self.step_losses.append(loss)
            total += loss * (len(rows.inputs[part]) if self.reduction == "mean" else 1)
        return total / (len(rows) if self.reduction == "mean" else 1)
