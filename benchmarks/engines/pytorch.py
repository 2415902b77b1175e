"""PyTorch, eager: its usual loop, with the optimizer's plain, foreach and fused implementations."""

from __future__ import annotations

import torch
from torch import nn

from benchmarks.settings import LEARNING_RATE, Setting

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


class Torch:
    implementation: dict[str, bool] = {"foreach": False, "fused": False}

    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        torch.set_num_threads(threads)
        x, y = setting.data()
        self._x, self._y = torch.from_numpy(x), torch.from_numpy(y)
        if setting.task == "classes":
            self._y = self._y.argmax(dim=1)
        self._batch_size, self._loss = setting.batch_size, _loss(setting)
        self._model = _model(setting)
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
        self._optimizer = kind(self._model.parameters(), lr=LEARNING_RATE, **self.implementation)
        self._batch_loss = self._loss_of

    def epochs(self, count: int) -> float:
        for _ in range(count):
            loss = self._epoch()
        return loss

    def _epoch(self) -> float:
        total = torch.zeros(())
        for rows in torch.randperm(len(self._x)).split(self._batch_size):
            self._optimizer.zero_grad(set_to_none=True)
            loss = self._batch_loss(self._x[rows], self._y[rows])
            loss.backward()
            self._optimizer.step()
            total += loss.detach() * len(rows)
        return total.item() / len(self._x)

    def _loss_of(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        loss: torch.Tensor = self._loss(self._model(x), y)
        return loss


class TorchForeach(Torch):
    implementation = {"foreach": True}


class TorchFused(Torch):
    implementation = {"fused": True}


class TorchCompiled(TorchFused):
    """Model, loss and backward pass compiled, and the fused optimizer."""

    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        super().__init__(setting, optimizer, threads)
        self._batch_loss = torch.compile(self._loss_of)


def _model(setting: Setting) -> nn.Sequential:
    layers: list[nn.Module] = []
    for weights, biases in setting.start():
        linear = nn.Linear(*weights.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights.T))
            linear.bias.copy_(torch.from_numpy(biases))
        layers += [linear, ACTIVATIONS[setting.hidden]()]
    return nn.Sequential(*layers[:-1])


def _loss(setting: Setting) -> nn.Module:
    if setting.task == "binary":
        return nn.BCEWithLogitsLoss()
    return nn.CrossEntropyLoss() if setting.task == "classes" else _HalfSquaredError()


class _HalfSquaredError(nn.Module):
    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return 0.5 * nn.functional.mse_loss(outputs, targets)
