"""Every kind of layer in NumPy, on rows (rows, inputs)."""

from __future__ import annotations

import numpy as np


def dense(x: np.ndarray, weights: np.ndarray, biases: np.ndarray | float = 0) -> np.ndarray:
    return x @ weights + biases


def batch_norm(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, mean: np.ndarray, variance: np.ndarray, epsilon: float
) -> np.ndarray:
    return scale * (x - mean) / np.sqrt(variance + epsilon) + shift


def layer_norm(x: np.ndarray, scale: np.ndarray, shift: np.ndarray, epsilon: float) -> np.ndarray:
    return batch_norm(x, scale, shift, x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True), epsilon)


def embedding(x: np.ndarray, tables: dict[int, np.ndarray]) -> np.ndarray:
    """Each column of codes becomes the rows of its table, unknown first; other columns pass."""
    columns = [
        tables[column][x[:, column].astype(int)] if column in tables else x[:, [column]] for column in range(x.shape[1])
    ]
    return np.hstack(columns)
