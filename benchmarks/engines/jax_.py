"""JAX: one compiled step called from Python, and one compiled epoch made of `lax.scan`."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.settings import LEARNING_RATE, Setting

#: Epochs in one call of `JaxEpochs`.
TOGETHER = 64
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
ACTIVATIONS = {"tanh": jnp.tanh, "relu": jax.nn.relu}


def _batch_loss(setting: Setting, layers: Any, x: Any, y: Any) -> Any:
    *hidden, (weights, biases) = layers
    for w, b in hidden:
        x = ACTIVATIONS[setting.hidden](x @ w + b)
    z = x @ weights + biases
    if setting.task == "binary":
        return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))
    if setting.task == "classes":
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), axis=1))
    return 0.5 * jnp.mean((z - y) ** 2)


def _sgd(state: Any, gradients: Any) -> Any:
    layers = jax.tree.map(lambda w, g: w - LEARNING_RATE * g, state["layers"], gradients)
    return {"layers": layers}


def _adam(state: Any, gradients: Any) -> Any:
    t = state["t"] + 1
    m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, state["m"], gradients)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, state["v"], gradients)
    rate, second = LEARNING_RATE / (1 - BETA1**t), 1 / (1 - BETA2**t)
    layers = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v * second) + EPSILON), state["layers"], m, v)
    return {"layers": layers, "m": m, "v": v, "t": t}


class JaxStep:
    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        self._x, self._y = (jnp.asarray(array) for array in setting.data())
        self._rows, self._batch_size = setting.rows, setting.batch_size
        self._generator = np.random.default_rng(4)
        layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in setting.start()]
        self._state: Any = {"layers": layers}
        if optimizer == "adam":
            self._state |= {"m": jax.tree.map(jnp.zeros_like, layers), "v": jax.tree.map(jnp.zeros_like, layers)}
            self._state["t"] = jnp.zeros(())
        self._take_step = jax.jit(partial(_step, setting, _adam if optimizer == "adam" else _sgd), donate_argnums=0)

    def epochs(self, count: int) -> float:
        for _ in range(count):
            order = self._generator.permutation(self._rows).astype(np.int32)
            loss = float(self._epoch(order)) / self._rows
        return loss

    def _epoch(self, order: Any) -> Any:
        total = jnp.zeros(())
        for first in range(0, self._rows, self._batch_size):
            rows = order[first : first + self._batch_size]
            self._state, total = self._take_step(self._state, total, self._x, self._y, rows)
        return total


class JaxScan(JaxStep):
    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        super().__init__(setting, optimizer, threads)
        self._take_steps = jax.jit(partial(_steps, setting, _adam if optimizer == "adam" else _sgd), donate_argnums=0)

    def _epoch(self, order: Any) -> Any:
        full = self._rows - self._rows % self._batch_size
        batches = order[:full].reshape(-1, self._batch_size)
        self._state, total = self._take_steps(self._state, jnp.zeros(()), self._x, self._y, batches)
        if full < self._rows:
            self._state, total = self._take_step(self._state, total, self._x, self._y, order[full:])
        return total


class JaxEpochs(JaxScan):
    """As many epochs in one call as `TOGETHER`, where there are so many to run."""

    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        super().__init__(setting, optimizer, threads)
        update = _adam if optimizer == "adam" else _sgd
        self._take_epochs = jax.jit(partial(_epochs, setting, update), donate_argnums=0)

    def epochs(self, count: int) -> float:
        loss = float("nan")
        for _ in range(count // TOGETHER):
            orders = np.stack([self._generator.permutation(self._rows) for _ in range(TOGETHER)]).astype(np.int32)
            full = self._rows - self._rows % self._batch_size
            batches = orders[:, :full].reshape(TOGETHER, -1, self._batch_size)
            self._state, totals = self._take_epochs(self._state, self._x, self._y, batches, orders[:, full:])
            loss = float(totals[-1]) / self._rows
        return super().epochs(count % TOGETHER) if count % TOGETHER else loss


def _epochs(setting: Setting, update: Any, state: Any, x: Any, y: Any, batches: Any, rests: Any) -> Any:
    def epoch(state: Any, rows: Any) -> Any:
        state, total = _steps(setting, update, state, jnp.zeros(()), x, y, rows[0])
        return _step(setting, update, state, total, x, y, rows[1]) if rests.shape[1] else (state, total)

    return jax.lax.scan(epoch, state, (batches, rests))


def _step(setting: Setting, update: Any, state: Any, total: Any, x: Any, y: Any, rows: Any) -> Any:
    loss, gradients = jax.value_and_grad(partial(_batch_loss, setting))(state["layers"], x[rows], y[rows])
    return update(state, gradients), total + loss * len(rows)


def _steps(setting: Setting, update: Any, state: Any, total: Any, x: Any, y: Any, batches: Any) -> Any:
    def one(carry: Any, rows: Any) -> Any:
        state, total = carry
        return _step(setting, update, state, total, x, y, rows), None

    return jax.lax.scan(one, (state, total), batches)[0]
