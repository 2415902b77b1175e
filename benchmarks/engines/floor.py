"""The floor: nothing but the matrix products of a step, in the fastest of four ways to ask NumPy for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from benchmarks.settings import Floats, Setting

Product = Callable[[], object]


class Floor:
    """Outputs and gradients of every layer's weights, and of the inputs of all layers but the first."""

    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        self._steps = setting.steps
        ways = [
            _products(setting, multiply, major) for multiply in (np.dot, np.matmul) for major in ("rows", "features")
        ]
        self._products = min(ways, key=_seconds)

    def epochs(self, count: int) -> float:
        for _ in range(count * self._steps):
            for product in self._products:
                product()
        return float("nan")


def _products(setting: Setting, multiply: Callable[..., object], major: str) -> list[Product]:
    generator = np.random.default_rng(3)
    products = []
    for index, (inputs, units) in enumerate(zip(setting.widths, setting.widths[1:], strict=False)):
        x, w, d = (
            generator.random(shape, dtype=np.float32)
            for shape in ((setting.batch_size, inputs), (inputs, units), (setting.batch_size, units))
        )
        wanted = [(x, w), (x.T, d)] + ([(d, w.T)] if index else [])
        products += [_prepared(multiply, a, b, major) for a, b in wanted]
    return products


def _prepared(multiply: Callable[..., object], a: Floats, b: Floats, major: str) -> Product:
    if major == "features":  # (a b)ᵀ = bᵀ aᵀ, of matrices that lie in memory the other way round
        a, b = _turned(b), _turned(a)
    return partial(multiply, a, b, np.empty((a.shape[0], b.shape[1]), np.float32))


def _turned(matrix: Floats) -> Floats:
    """The transpose, with the memory order the matrix itself has."""
    return np.ascontiguousarray(matrix.T) if matrix.flags.c_contiguous else np.asfortranarray(matrix.T)


def _seconds(products: Iterable[Product]) -> float:
    """The best of a few passes."""
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        for product in products:
            product()
        best = min(best, time.perf_counter() - start)
    return best
