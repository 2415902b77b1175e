"""Every activation in NumPy, by its name in the catalogue. An exported program holds the functions that it calls."""

from __future__ import annotations

import math

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def tanh(z: np.ndarray) -> np.ndarray:
    return np.tanh(z)


def relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0)


def leaky_relu(z: np.ndarray, negative_slope: float) -> np.ndarray:
    return np.maximum(z, negative_slope * z)


def elu(z: np.ndarray, alpha: float) -> np.ndarray:
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


def selu(z: np.ndarray) -> np.ndarray:
    return 1.0507009873554805 * elu(z, 1.6732632423543772)


def gelu(z: np.ndarray) -> np.ndarray:
    inner = z * (0.7978845608028654 + 0.7978845608028654 * 0.044715 * z * z)
    return z * (1 + np.tanh(inner)) * 0.5


def gelu_exact(z: np.ndarray) -> np.ndarray:
    erf = np.vectorize(math.erf, otypes=[z.dtype])
    return z * (0.5 + 0.5 * erf(z / 2**0.5))


def swish(z: np.ndarray) -> np.ndarray:
    return z * sigmoid(z)


def softplus(z: np.ndarray) -> np.ndarray:
    return np.logaddexp(z, 0).astype(z.dtype)


def softsign(z: np.ndarray) -> np.ndarray:
    return z / (1 + np.abs(z))


def hard_sigmoid(z: np.ndarray) -> np.ndarray:
    return np.clip(z / 6 + 0.5, 0, 1)


def mish(z: np.ndarray) -> np.ndarray:
    return z * np.tanh(softplus(z))


def softmax(z: np.ndarray) -> np.ndarray:
    shares = np.exp(z - z.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)
